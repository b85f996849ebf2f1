import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder of the `package.json` above this file: the checkout, or the installed package. Walking up rather than a
 * fixed number of `..` because the compiled layout lies one folder deeper than the source.
 */
export function packageRoot(from: string = import.meta.dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (dirname(folder) === folder) throw new Error('no package.json above the engine');
  }
}
