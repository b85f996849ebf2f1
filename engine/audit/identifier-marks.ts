/**
 * What stands in the audit trail for an identifier that somebody searched by. Identifiers are short numbers: a bare hash of
 * one is undone by trying them all, so that marks are made with a key which stays in the environment's folder.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../base/error-code.ts';
import { replaceFile } from '../base/replace-file.ts';

/** The same for the same identifier of this environment, and of no use without its key: `mark:` and 16 hex digits. */
export type IdentifierMark = (identifier: string) => string;

const KEY = /^[\w-]{43}$/;

/** Makes the key at the first start: base64url of 32 random bytes, readable by this user only. */
export async function openIdentifierMarks(folder: string): Promise<IdentifierMark> {
  const file = join(folder, 'identifier-marks.key');
  let key = await kept(file);
  if (!KEY.test(key)) await replaceFile(file, `${(key = randomBytes(32).toString('base64url'))}\n`, 0o600);
  return (identifier) => `mark:${createHmac('sha256', key).update(identifier).digest('hex').slice(0, 16)}`;
}

async function kept(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  }
}
