import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  bindingsPath,
  environmentFolder,
  parseBindings,
  readAuthorities,
  readCertificate,
  tlsFolderOf,
  type FeedStatus,
  type SendingTls,
} from '../engine/index.ts';
import { cliErrors } from './errors.ts';
import type { Io } from './io.ts';

export interface OwnCertificate {
  /** Files, PEM. */
  readonly certificate?: string;
  readonly key?: string;
}

const unusable = (file: string, reason: string): Error => cliErrors.create('file-unreadable', { file, reason });

/**
 * How to speak to a feed of this machine: its certificate is trusted for being the one in the folder of its environment,
 * whoever has signed it and whatever name it has.
 *
 * @throws WardflowError `client-certificate-needed`, `file-unreadable`
 */
export async function tlsOfFeed(
  io: Io,
  environment: string,
  feed: FeedStatus,
  own: OwnCertificate,
): Promise<SendingTls | undefined> {
  if (!feed.tls) return undefined;
  if (feed.tls.mutual && (own.certificate === undefined || own.key === undefined))
    throw cliErrors.create('client-certificate-needed', { feed: feed.name });
  const config = io.config();
  const folder = environmentFolder(config.dataFolder, environment);
  const file = bindingsPath(folder);
  const listen = parseBindings(await readFile(file, 'utf8'), config, file).feeds[feed.name]?.listen;
  const { pem } = readAuthorities(join(tlsFolderOf(folder), listen?.tls?.certificate ?? ''), unusable);
  const shown =
    own.certificate === undefined || own.key === undefined ? null : readCertificate(own.certificate, own.key, unusable);
  return {
    ca: pem,
    allowPartialTrustChain: true,
    serverName: nameOf(pem),
    ...(shown && { cert: shown.cert, key: shown.key }),
  };
}

/** The first host name or address in it. */
function nameOf(pem: string): string | null {
  return /(?:DNS|IP Address):([^,\s]+)/.exec(new X509Certificate(pem).subjectAltName ?? '')?.[1] ?? null;
}
