import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { errorName } from '../base/log.ts';

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
  /** Others than its owner may read or change the key. */
  readonly keyIsOpen: boolean;
  /** Whether it is for this host name or address, wildcards considered. */
  readonly isFor: (host: string) => boolean;
}

/** Makes the error that says which file cannot be used and why; never what is in it. */
export type Unusable = (file: string, reason: string) => Error;

/** More than any chain or list of authorities takes. */
const MOST_BYTES = 4 * 1024 * 1024;

/** @throws what `unusable` makes */
export function readCertificate(certFile: string, keyFile: string, unusable: Unusable): Certificate {
  const { text: cert } = read(certFile, unusable);
  const { text: key, open: keyIsOpen } = read(keyFile, unusable);
  const attempt = attempting(unusable);
  const parsed = attempt(certFile, 'it is not a certificate in PEM form', () => new X509Certificate(cert));
  const secret: KeyObject = attempt(keyFile, 'it is not a private key in PEM form without a passphrase', () =>
    createPrivateKey(key),
  );
  if (!parsed.checkPrivateKey(secret)) throw unusable(keyFile, 'it is not the key of the certificate');
  attempt(certFile, 'it cannot be used with its key', () => createSecureContext({ cert, key }));
  return {
    cert,
    key,
    keyIsOpen,
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

/** Certificates of authorities. */
export interface Authorities {
  /** PEM, one after the other. */
  readonly pem: string;
  /** When the first of them runs out. */
  readonly validUntil: number;
}

const ONE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** @throws what `unusable` makes */
export function readAuthorities(file: string, unusable: Unusable): Authorities {
  const { text } = read(file, unusable);
  // What stands between them is for people, and one that does not count must not go unnoticed.
  const each = text.match(ONE) ?? [];
  const dates = attempting(unusable)(file, 'it has a certificate that cannot be read', () =>
    each.map((one) => Date.parse(new X509Certificate(one).validTo)),
  );
  if (dates.length === 0) throw unusable(file, 'it has no certificate in PEM form');
  return { pem: `${each.join('\n')}\n`, validUntil: Math.min(...dates) };
}

function read(file: string, unusable: Unusable): { readonly text: string; readonly open: boolean } {
  let handle: number | undefined;
  try {
    // Not to wait where somebody has put a pipe.
    handle = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const about = fstatSync(handle);
    if (about.isFile() && about.size <= MOST_BYTES)
      return { text: readFileSync(handle, 'utf8'), open: (about.mode & 0o077) !== 0 };
  } catch (error) {
    throw unusable(file, `it cannot be read (${errorName(error)})`);
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
  throw unusable(file, 'it is no file, or too large for certificates or a key');
}

function attempting(unusable: Unusable): <T>(file: string, reason: string, work: () => T) => T {
  return (file, reason, work) => {
    try {
      return work();
    } catch {
      // What the library says may quote the file.
      throw unusable(file, reason);
    }
  };
}
