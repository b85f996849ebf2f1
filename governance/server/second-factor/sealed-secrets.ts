/**
 * Secrets of second factors as they lie in the database: AES-256-GCM under a key that lies beside it. A copy of the database
 * alone (a backup, a file sent for support) gives no codes; who has the whole folder has both.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FORM = 'aes-256-gcm';

export interface SealedSecrets {
  /** `context` is bound in: a row moved to another account opens nothing. */
  seal(secret: string, context: string): string;
  /** `undefined`: another key, another context, or changed. */
  open(sealed: string, context: string): string | undefined;
}

export const secondFactorKeyPath = (dataFolder: string): string => join(dataFolder, 'governance', 'second-factor.key');

/** The key is made at the first secret, readable by this user only. */
export function sealedSecretsIn(dataFolder: string): SealedSecrets {
  const file = secondFactorKeyPath(dataFolder);
  const read = (): Buffer | undefined => {
    try {
      const key = readFileSync(file);
      return key.length === 32 ? key : undefined;
    } catch {
      return undefined;
    }
  };
  const keyForSealing = (): Buffer => {
    const known = read();
    if (known) return known;
    const key = randomBytes(32);
    // `wx`: never over a key that is there, even one that cannot be read.
    writeFileSync(file, key, { flag: 'wx', mode: 0o600 });
    return key;
  };
  return {
    seal(secret, context) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv(FORM, keyForSealing(), nonce).setAAD(Buffer.from(context));
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return [nonce, text, cipher.getAuthTag()].map((part) => part.toString('base64url')).join('.');
    },
    open(sealed, context) {
      const key = read();
      const [nonce, text, tag] = sealed.split('.').map((part) => Buffer.from(part, 'base64url'));
      if (!key || nonce?.length !== 12 || !text || tag?.length !== 16) return undefined;
      try {
        const decipher = createDecipheriv(FORM, key, nonce).setAAD(Buffer.from(context)).setAuthTag(tag);
        return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}
