/** A connection to a receiver, in clear or over TLS 1.2 or newer (RFC 9325, section 3.1.1), or the reason why there is none. */
import { connect, isIP, type Socket } from 'node:net';
import {
  checkServerIdentity,
  connect as connectTls,
  type ConnectionOptions,
  type SecureContextOptions,
} from 'node:tls';
import type { Clock, Millis } from '../base/clock.ts';
import { codeOf } from '../base/error-code.ts';
import { WardflowError } from '../base/errors.ts';
import { mllpErrors } from './errors.ts';

/** Contents of the files. The receiver's certificate is always verified, its name as well. */
export interface SendingTls extends Pick<SecureContextOptions, 'ca' | 'cert' | 'key' | 'allowPartialTrustChain'> {
  /** The name that the receiver's certificate must have, where that is not `host`. */
  readonly serverName: string | null;
}

export interface DialOptions {
  readonly host: string;
  readonly port: number;
  /** `null`: in clear. Asked at each connecting, so that renewed files need no restart; what it throws ends the connecting. */
  readonly tls: (() => SendingTls) | null;
  readonly withinMs: Millis;
  readonly clock: Clock;
  /** Ends the connecting. */
  readonly signal?: AbortSignal;
}

/** A receiver that vanished without a word shows after this long and a few probes of the system. */
const KEEP_ALIVE_MS = 30_000;

/**
 * Nothing has been sent when it rejects.
 * @throws WardflowError `mllp-unreachable`, `mllp-tls-refused`, `mllp-closed` (aborted), and whatever `tls` throws
 */
export function dial({ host, port, tls, withinMs, clock, signal }: DialOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    let reached = false;
    const refusal = (reason: string, cause?: unknown): WardflowError =>
      mllpErrors.create(reached ? 'mllp-tls-refused' : 'mllp-unreachable', { host, port, reason }, { cause });
    if (signal?.aborted) return reject(mllpErrors.create('mllp-closed', { host, port }));
    let socket: Socket;
    try {
      socket = tls ? connectTls(secured(tls(), host, port)) : connect({ host, port });
    } catch (error) {
      reached = true;
      return reject(error instanceof WardflowError ? error : refusal('our own certificate cannot be used', error));
    }
    const settle = (act: () => void): void => {
      cancel();
      signal?.removeEventListener('abort', abort);
      act();
    };
    const fail = (error: WardflowError): void =>
      settle(() => {
        socket.destroy();
        reject(error);
      });
    const abort = (): void => fail(mllpErrors.create('mllp-closed', { host, port }));
    const cancel = clock.at(clock.now() + withinMs, () =>
      fail(refusal(reached ? 'no TLS handshake in time' : 'no connection in time')),
    );
    signal?.addEventListener('abort', abort, { once: true });
    socket.once('connect', () => {
      reached = true;
      socket.setNoDelay(true);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
    });
    // Stays for the life of the socket: what is lost later shows as a missing answer.
    socket.on('error', (error) => fail(refusal(reasonOf(error), error)));
    socket.once(tls ? 'secureConnect' : 'connect', () => settle(() => resolve(socket)));
  });
}

function secured({ serverName, ...files }: SendingTls, host: string, port: number): ConnectionOptions {
  const name = serverName ?? host;
  return {
    host,
    port,
    ...files,
    // Said here, since an environment variable of Node.js changes the default.
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    // An address is no server name on the wire (RFC 6066, section 3), but it is one to be verified.
    servername: isIP(name) === 0 ? name : '',
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
  };
}

const REASONS: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  CERT_HAS_EXPIRED: 'its certificate has run out',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate comes from nobody that we trust',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from nobody that we trust',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate comes from nobody that we trust',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from nobody that we trust',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from nobody that we trust',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'it has no TLS 1.2 or newer',
};

/** An alert about certificates that comes from the other side is about ours. */
const ABOUT_OURS = /^ERR_SSL_.*ALERT_.*(CERTIFICATE|UNKNOWN_CA)/;

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return REASONS[code] ?? (isAboutOurCertificate(error) ? 'it refuses our certificate' : code);
}

/** With TLS 1.3 it may come after the handshake, for us; no receiver has read a byte of ours then (RFC 8446, 4.4.2.4). */
export function isAboutOurCertificate(error: unknown): boolean {
  return ABOUT_OURS.test(codeOf(error));
}
