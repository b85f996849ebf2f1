/** The version of a module of nodes: as it was loaded, and as it lies on disk, where somebody may have exchanged it since. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { packageRoot } from '../../engine/index.ts';

const OURS = 'wardflow-nodes';
const load = createRequire(import.meta.url);

/** `5.0.7`, or `5.0.7, on disk 5.0.8`. */
export function moduleVersion(module: string, loaded: string): string {
  // Node-RED calls itself `5.0.7-git` where a `.git` lies above node_modules.
  const version = loaded.replace(/-git$/, '');
  const onDisk = versionOnDisk(module);
  return onDisk === undefined || onDisk === version ? version : `${version}, on disk ${onDisk}`;
}

function versionOnDisk(module: string): string | undefined {
  try {
    const file =
      module === OURS ? join(packageRoot(), 'dist', 'palette', 'package.json') : load.resolve(`${module}/package.json`);
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    // A module whose package.json cannot be asked for, or may not be read.
    return undefined;
  }
}
