/**
 * Copies a folder of regular files. Node's own `cp` looks at every folder above its target, and so is refused where the
 * process may see its own folders only.
 */
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runtimeErrors } from '../errors.ts';

/** @throws WardflowError `flow-refused` for links, sockets and the like */
export async function copyFolder(from: string, to: string, withHidden: boolean): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (!withHidden && entry.name.startsWith('.')) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyFolder(source, target, withHidden);
    else if (entry.isFile()) await copyFile(source, target);
    else throw runtimeErrors.create('flow-refused', { reason: `${source} is no regular file` });
  }
}
