import { readCredential } from '../config/credential.ts';
import type { FhirAuth } from './binding.ts';
import { signingKeyIn } from './smart/signing-key.ts';
import { wrongAlgorithm } from './smart/token-request.ts';

export interface ExaminedCredential {
  /** Its file in the folder `credentials`. */
  readonly name: string;
  /** Why it cannot be used, as the end of a sentence that quotes nothing; `null`: it can. */
  readonly problem: string | null;
  /** Others than its owner may read or change it. */
  readonly isOpen: boolean;
}

/** What is wrong with the credential of an endpoint, without asking its server; `null`: it needs none. */
export async function examineCredential(folder: string, auth: FhirAuth): Promise<ExaminedCredential | null> {
  if (auth.kind === 'none') return null;
  const { credential: name } = auth;
  const found = await readCredential(folder, name, { lines: auth.kind === 'smart-backend' });
  if (!found) return { name, problem: 'it is not there, cannot be read, or is no plain text', isOpen: false };
  const { text, isOpen } = found;
  if (auth.kind === 'bearer') {
    const isKey = text.startsWith('{') || text.startsWith('-----BEGIN');
    if (isKey) return { name, problem: 'it is a key, and a token is wanted', isOpen };
    return { name, problem: /\s/.test(text) ? 'a token has no blanks' : null, isOpen };
  }
  const key = signingKeyIn(text);
  return { name, problem: typeof key === 'string' ? key : wrongAlgorithm(key, auth), isOpen };
}
