import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { errorName } from '../../../engine/index.ts';
import { consoleErrors } from '../../errors.ts';

/** A certificate with its key, as they lie in their files. */
export interface Certificate {
  /** PEM, the chain included. */
  readonly cert: string;
  readonly key: string;
  readonly validFrom: number;
  readonly validUntil: number;
  /** As it says: `DNS:wardflow.example.org, IP Address:10.1.2.3`. */
  readonly names: string;
  /** The first host name in it, to show to people. */
  readonly firstName: string | null;
  /** Whether it is for this host name or address, wildcards considered. */
  readonly isFor: (host: string) => boolean;
}

/** @throws `tls-unusable` naming the file and what is wrong, never what is in it */
export function readCertificate(certFile: string, keyFile: string): Certificate {
  const cert = read(certFile);
  const key = read(keyFile);
  const parsed = attempt(certFile, 'it is not a certificate in PEM form', () => new X509Certificate(cert));
  const secret: KeyObject = attempt(keyFile, 'it is not a private key in PEM form without a passphrase', () =>
    createPrivateKey(key),
  );
  if (!parsed.checkPrivateKey(secret)) throw unusable(keyFile, 'it is not the key of the certificate');
  attempt(certFile, 'it cannot be used with its key', () => createSecureContext({ cert, key }));
  return {
    cert,
    key,
    validFrom: Date.parse(parsed.validFrom),
    validUntil: Date.parse(parsed.validTo),
    names: parsed.subjectAltName ?? '',
    firstName: /DNS:([A-Za-z0-9.-]+)/.exec(parsed.subjectAltName ?? '')?.[1] ?? null,
    isFor(host) {
      const plain = host.replace(/^\[|\]$/g, '');
      if (isIP(plain) !== 0) return parsed.checkIP(plain) !== undefined;
      return parsed.checkHost(plain, { subject: 'never' }) !== undefined;
    },
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw consoleErrors.create('tls-unusable', { file, reason: `it cannot be read (${errorName(error)})` });
  }
}

function attempt<T>(file: string, reason: string, work: () => T): T {
  try {
    return work();
  } catch {
    // What the library says may quote the file.
    throw unusable(file, reason);
  }
}

function unusable(file: string, reason: string): Error {
  return consoleErrors.create('tls-unusable', { file, reason });
}
