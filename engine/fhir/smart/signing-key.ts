import { createPrivateKey, type KeyObject } from 'node:crypto';

/** What a client of SMART Backend Services may sign with (SMART App Launch 2.2, "Asymmetric Authentication"). */
export type SigningAlgorithm = 'ES384' | 'RS384';

export interface SigningKey {
  readonly key: KeyObject;
  readonly alg: SigningAlgorithm;
  /** Of a JWK that says so. */
  readonly kid: string | null;
}

const LEAST_RSA_BITS = 2048;

/** A private key as PEM (without passphrase) or JWK; or why it is none, as the end of a sentence that quotes nothing. */
export function signingKeyIn(text: string): SigningKey | string {
  const jwk = text.startsWith('{') ? jwkIn(text) : undefined;
  if (jwk === null) return 'it is neither a private key in PEM form nor a JWK';
  let key: KeyObject;
  try {
    key = jwk ? createPrivateKey({ key: jwk, format: 'jwk' }) : createPrivateKey(text);
  } catch {
    return 'it is no private key in PEM form without a passphrase, and no private JWK';
  }
  const kid = jwk && typeof jwk['kid'] === 'string' && jwk['kid'].length <= 200 ? jwk['kid'] : null;
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ec')
    return namedCurve === 'secp384r1' ? { key, alg: 'ES384', kid } : 'its curve is not P-384, as ES384 needs';
  if (key.asymmetricKeyType !== 'rsa') return 'it is neither an EC key of P-384 nor an RSA key';
  return modulusLength >= LEAST_RSA_BITS
    ? { key, alg: 'RS384', kid }
    : `its RSA modulus has less than ${LEAST_RSA_BITS} bits`;
}

function jwkIn(text: string): Record<string, string> | null {
  try {
    return JSON.parse(text) as Record<string, string>;
  } catch {
    return null;
  }
}
