/** Files that commands read and write: whole or not at all. */
import { access, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errorName, replaceFile } from '../engine/index.ts';
import { cliErrors } from './errors.ts';

export interface WriteOptions {
  /** Replace what is there. */
  readonly force?: boolean;
  /** Only its owner may read it. */
  readonly secret?: boolean;
}

/** @throws WardflowError `input-unreadable` */
export async function readSiteFile(file: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (error) {
    throw cliErrors.create('input-unreadable', { file, reason: errorName(error) }, { cause: error });
  }
}

/** Flushed to disk before it takes its name. @throws WardflowError `file-exists`, `file-unwritable` */
export async function writeSiteFile(
  file: string,
  content: Uint8Array | string,
  options: WriteOptions = {},
): Promise<void> {
  const path = resolve(file);
  if (options.force !== true && (await isThere(path))) throw cliErrors.create('file-exists', { file });
  try {
    await replaceFile(path, content, options.secret === true ? 0o600 : 0o644);
  } catch (error) {
    throw cliErrors.create('file-unwritable', { file, reason: errorName(error) }, { cause: error });
  }
}

export async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
