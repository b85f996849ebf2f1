/** The files of MLLP over TLS, in the folder `tls` of an environment; bindings name them (config/bindings.ts). */
import { join } from 'node:path';
import type { Millis } from '../base/clock.ts';
import type { ListenTls, SendTls } from '../config/bindings.ts';
import { readAuthorities, readCertificate, type Unusable } from '../tls/certificate.ts';
import type { SendingTls } from './dial.ts';
import { mllpErrors } from './errors.ts';

/** From here on a certificate that runs out is warned of. */
export const TLS_ENDS_SOON_MS = 30 * 86_400_000;

/** What a listener speaks TLS with. */
export interface ServingTls {
  readonly cert: string;
  readonly key: string;
  /** Authorities of the client certificates that are taken, PEM; `null`: none is asked for. */
  readonly clientCa: string | null;
}

export interface ListenTlsFiles extends ServingTls {
  readonly validFrom: Millis;
  readonly validUntil: Millis;
  /** Others than its owner may read or change the key. */
  readonly keyIsOpen: boolean;
  /** When the first of the authorities runs out. */
  readonly clientCaUntil: Millis | null;
}

export interface SendTlsFiles extends SendingTls {
  /** Of our own certificate. */
  readonly client: { readonly validFrom: Millis; readonly validUntil: Millis; readonly keyIsOpen: boolean } | null;
  readonly caUntil: Millis | null;
}

export const tlsFolderOf = (environmentFolder: string): string => join(environmentFolder, 'tls');

/** By name within the folder: where that is, the reader of the error need not be told, and the log of a feed is not either. */
const unusable: Unusable = (file, reason) =>
  mllpErrors.create('mllp-tls-file', { file: file.replace(/^.*[/\\]/, ''), reason });

/** @throws WardflowError `mllp-tls-file` */
export function readListenTls(folder: string, { certificate, key, clientCa }: ListenTls): ListenTlsFiles {
  const own = readCertificate(join(folder, certificate), join(folder, key), unusable);
  const authorities = clientCa === null ? null : readAuthorities(join(folder, clientCa), unusable);
  return {
    cert: own.cert,
    key: own.key,
    clientCa: authorities?.pem ?? null,
    validFrom: own.validFrom,
    validUntil: own.validUntil,
    keyIsOpen: own.keyIsOpen,
    clientCaUntil: authorities?.validUntil ?? null,
  };
}

/** What a sender connects with. @throws WardflowError `mllp-tls-file` */
export function readSendTls(folder: string, { ca, client, serverName }: SendTls): SendTlsFiles {
  const authorities = ca === null ? null : readAuthorities(join(folder, ca), unusable);
  const own = client && readCertificate(join(folder, client.certificate), join(folder, client.key), unusable);
  return {
    serverName,
    ...(authorities && { ca: authorities.pem }),
    ...(own && { cert: own.cert, key: own.key }),
    client: own && { validFrom: own.validFrom, validUntil: own.validUntil, keyIsOpen: own.keyIsOpen },
    caUntil: authorities?.validUntil ?? null,
  };
}
