import { hash } from 'node:crypto';
import type { NewMessage } from './contract/index.ts';

/** What another message of the feed and control id must have in common with this one to be its resend, as a SHA-256 in hex. */
export function likenessOf({ sameAs, bodyHash }: Pick<NewMessage, 'sameAs' | 'bodyHash'>): string {
  return sameAs === undefined ? bodyHash : hash('sha256', sameAs);
}
