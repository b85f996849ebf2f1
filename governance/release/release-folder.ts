/**
 * `<data>/releases/<environment>/`: what the environment was ordered to run. Beside the runtimes' folders, which they may
 * write, not in them: a runtime reads it only.
 *
 *     bundles/<hash>.wfb      every bundle that was ever ordered, with the signatures it had then
 *     log/<sequence>.json     one file an order that was carried out, never changed
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorName, replaceFile } from '../../engine/index.ts';
import { writeBundle, type Bundle } from '../bundle/index.ts';
import { releaseErrors } from './errors.ts';

export const releaseFolderOf = (dataFolder: string, environment: string): string =>
  join(dataFolder, 'releases', environment);

export const bundlePath = (folder: string, hash: string): string => join(folder, 'bundles', `${hash}.wfb`);
export const logFolder = (folder: string): string => join(folder, 'log');

const NAME = /^(\d{10})\.json$/;
const logPath = (folder: string, sequence: number): string =>
  join(logFolder(folder), `${String(sequence).padStart(10, '0')}.json`);

/** Sequence and content of every release, oldest first; nobody has verified them. @throws `release-file-unreadable` */
export async function readLogFiles(
  folder: string,
): Promise<readonly { readonly sequence: number; readonly content: string }[]> {
  const names = await orNone(readdir(logFolder(folder)), logFolder(folder));
  const files: { sequence: number; content: string }[] = [];
  for (const name of (names ?? []).toSorted()) {
    const [, digits] = NAME.exec(name) ?? [];
    if (digits === undefined) continue;
    const file = join(logFolder(folder), name);
    const content = await orNone(readFile(file, 'utf8'), file);
    if (content !== undefined) files.push({ sequence: Number(digits), content });
  }
  return files;
}

/** `undefined`: it is not there. Nobody has verified it. @throws `release-file-unreadable` */
export async function readBundleFile(folder: string, hash: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const file = bundlePath(folder, hash);
  const content = await orNone(readFile(file), file);
  return content && new Uint8Array(content);
}

/** @throws `release-unwritable` */
export const writeBundleFile = (folder: string, environment: string, bundle: Bundle): Promise<void> =>
  write(folder, environment, bundlePath(folder, bundle.hash), writeBundle(bundle));

/** @throws `release-unwritable` */
export const writeLogFile = (folder: string, environment: string, sequence: number, content: string): Promise<void> =>
  write(folder, environment, logPath(folder, sequence), content);

async function write(folder: string, environment: string, file: string, content: string | Uint8Array): Promise<void> {
  try {
    await replaceFile(file, content, 0o600);
  } catch (error) {
    throw releaseErrors.create(
      'release-unwritable',
      { environment, folder, reason: errorName(error) },
      { cause: error },
    );
  }
}

async function orNone<T>(reading: Promise<T>, file: string): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (errorName(error) === 'ENOENT') return undefined;
    throw releaseErrors.create('release-file-unreadable', { file, reason: errorName(error) }, { cause: error });
  }
}
