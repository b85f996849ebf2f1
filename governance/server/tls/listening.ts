import type { Config } from '../../../engine/index.ts';
import { consoleErrors } from '../../errors.ts';

/** Where the console can be reached, beside plain HTTP on loopback, which it always has for this machine. */
export interface Listening {
  /** `null`: not over TLS. */
  readonly tls: {
    readonly host: string;
    /** 0 takes a free one. */
    readonly port: number;
    readonly certFile: string;
    readonly keyFile: string;
  } | null;
  /** What people type, where something else answers for the console: a reverse proxy, or a name of its own. */
  readonly publicUrl: URL | null;
}

export const isLoopback = (host: string): boolean => /^(127(\.\d{1,3}){3}|localhost|\[?::1\]?)$/i.test(host);

/**
 * What the settings ask for. Off loopback there is TLS or nothing: passwords and patients' data do not cross a network in
 * clear.
 *
 * @throws `tls-needed`, `tls-incomplete`
 */
export function listeningOf(
  config: Pick<Config, 'host' | 'httpsPort' | 'tlsCert' | 'tlsKey' | 'publicUrl'>,
): Listening {
  const { host, httpsPort: port, tlsCert: certFile, tlsKey: keyFile } = config;
  if ((certFile === null) !== (keyFile === null)) throw consoleErrors.create('tls-incomplete');
  const tls = certFile === null || keyFile === null ? null : { host, port, certFile, keyFile };
  if (!tls && !isLoopback(host)) throw consoleErrors.create('tls-needed', { host });
  return { tls, publicUrl: config.publicUrl === null ? null : new URL(config.publicUrl) };
}

/** Whether other machines can reach it, directly or through what stands in front of it. */
export function reachedFromElsewhere({ tls, publicUrl }: Listening): boolean {
  return (tls !== null && !isLoopback(tls.host)) || (publicUrl !== null && !isLoopback(publicUrl.hostname));
}

/** What to tell people to open. All addresses of the machine are none: a name of the certificate stands for them. */
export function addressShown(host: string, certificateName: string | null, port: number): string {
  const shown = (host === '0.0.0.0' || host === '::') && certificateName !== null ? certificateName : host;
  return new URL(`https://${shown.includes(':') ? `[${shown}]` : shown}:${port}`).origin;
}
