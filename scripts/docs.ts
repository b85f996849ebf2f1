/** Writes the generated pages of docs/reference: `npm run docs`. A test compares them with what lies on disk. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../engine/index.ts';
import { generatedPages } from './docs/pages.ts';

const root = packageRoot();
for (const [path, text] of await generatedPages(root)) {
  writeFileSync(join(root, path), text);
  process.stdout.write(`${path}\n`);
}
