/** Replaces a file in one step: a reader sees the old text or the new one, and a crash leaves one of the two. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { runtimeErrors } from '../errors.ts';

export async function writeWhole(file: string, text: string, mode = 0o644): Promise<void> {
  // Hidden: a draft that a crash leaves behind is no part of a definition.
  const draft = join(dirname(file), `.${basename(file)}.${randomBytes(4).toString('hex')}.new`);
  try {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(draft, 'wx', mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (cause) {
    await rm(draft, { force: true });
    throw runtimeErrors.create('flow-unwritable', { file, reason: systemCode(cause) }, { cause });
  }
}

export function systemCode(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown reason';
}

export const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
