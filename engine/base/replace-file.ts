/** Replaces a file in one step: a reader sees the old content or the new one, and a crash leaves one of the two. */
import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from './make-folder.ts';

/**
 * Makes the folder if need be; the content is flushed before it takes the name.
 * @param mode of the file; the default lets its owner alone write
 * @throws the system's error
 */
export async function replaceFile(file: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  // Hidden: a draft that a crash leaves behind is taken for nothing else.
  const draft = join(dirname(file), `.${basename(file)}.${randomBytes(4).toString('hex')}.new`);
  // Whoever may read the file has to get into its folder.
  makeFolder(dirname(file), (mode & 0o077) === 0 ? 0o700 : 0o755);
  try {
    const handle = await open(draft, 'wx', mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
