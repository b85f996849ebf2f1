import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { codeOf } from './error-code.ts';

/**
 * Makes a folder and what is missing above it, level by level. `mkdir` with `recursive` is not used: where the system
 * says that an existing parent is not there (below /proc), Node.js 24 asks for ever, and the process neither starts nor
 * says why.
 *
 * @throws the system's error, `ENOTDIR` where a file stands in the way
 */
export function makeFolder(folder: string, mode = 0o700): void {
  const missing: string[] = [];
  let at = resolve(folder);
  while (!isThere(at, mode)) {
    missing.push(at);
    at = dirname(at);
  }
  for (const one of missing.toReversed()) if (!isThere(one, mode)) mkdirSync(one, { mode });
}

/** It is there now, made if need be; `false`: what is above it is missing. */
function isThere(folder: string, mode: number): boolean {
  try {
    mkdirSync(folder, { mode });
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' && dirname(folder) !== folder) return false;
    if (codeOf(error) !== 'EEXIST') throw error;
    if (statSync(folder).isDirectory()) return true;
    throw Object.assign(new Error('a file stands in the way'), { code: 'ENOTDIR' });
  }
}
