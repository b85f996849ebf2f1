/** Certificates for tests, made on the spot: self-signed X.509 v3 (RFC 5280) with ECDSA, as few fields as a client wants. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateWish {
  /** Its common name. */
  readonly subject?: string;
  readonly names?: readonly string[];
  readonly addresses?: readonly string[];
  readonly from?: number;
  readonly until?: number;
}

const DAY = 86_400_000;

export function makeCertificate(wish: CertificateWish = {}): TestCertificate {
  const {
    subject: commonName = 'Wardflow test',
    names = ['localhost'],
    addresses = ['127.0.0.1'],
    from = Date.now() - DAY,
    until = Date.now() + 90 * DAY,
  } = wish;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
  const subject = sequence(set(sequence(oid('550403'), tagged(0x0c, Buffer.from(commonName)))));
  const alternatives = sequence(
    ...names.map((name) => tagged(0x82, Buffer.from(name))),
    ...addresses.map((address) => tagged(0x87, Buffer.from(address.split('.').map(Number)))),
  );
  const extensions = sequence(sequence(oid('551d11'), tagged(0x04, alternatives)));
  const signed = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    subject,
    sequence(time(from), time(until)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, extensions),
  );
  const signature = sign('sha256', signed, privateKey);
  const der = sequence(signed, ecdsaWithSha256, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = der.toString('base64').replace(/(.{64})(?=.)/g, '$1\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}

/** Writes both into a folder, the key for its owner only; gives their paths. */
export function putCertificate(
  folder: string,
  { cert, key }: TestCertificate,
): { readonly certFile: string; readonly keyFile: string } {
  const [certFile, keyFile] = [join(folder, 'console-cert.pem'), join(folder, 'console-key.pem')];
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key, { mode: 0o600 });
  return { certFile, keyFile };
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const head =
    length < 128 ? [tag, length] : length < 256 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(head), content]);
}
function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}
function set(...parts: readonly Buffer[]): Buffer {
  return tagged(0x31, Buffer.concat(parts));
}
function oid(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'));
}
/** UTCTime: `261121150000Z`. */
function time(at: number): Buffer {
  return tagged(0x17, Buffer.from(`${new Date(at).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14)}Z`));
}
