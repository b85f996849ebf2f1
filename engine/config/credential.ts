/** Secrets of an environment: files in its folder `credentials`, named by bindings.json; read when they are needed. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

export interface Credential {
  readonly text: string;
  /** Others than its owner may read or change it. */
  readonly isOpen: boolean;
}

export const credentialsFolderOf = (environmentFolder: string): string => join(environmentFolder, 'credentials');

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const MOST_BYTES = 8192;
const PRINTABLE = /^[\x20-\x7e]+$/;
const PRINTABLE_LINES = /^[\x20-\x7e\t\r\n]+$/;

/** `null`: there is none of the name, or it cannot be used. Why is not said, since that might quote it. */
export async function readCredential(
  environmentFolder: string,
  name: string,
  /** Of several lines, as keys are. */
  { lines = false }: { readonly lines?: boolean } = {},
): Promise<Credential | null> {
  if (!NAME.test(name)) return null;
  try {
    // Not to wait where somebody has put a pipe.
    const handle = await open(
      join(credentialsFolderOf(environmentFolder), name),
      constants.O_RDONLY | (constants.O_NONBLOCK ?? 0),
    );
    try {
      const about = await handle.stat();
      if (!about.isFile() || about.size > MOST_BYTES) return null;
      const text = (await handle.readFile('utf8')).trim();
      return (lines ? PRINTABLE_LINES : PRINTABLE).test(text) ? { text, isOpen: (about.mode & 0o077) !== 0 } : null;
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
}
