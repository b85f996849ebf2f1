import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The file `name` (without extension) beside the module that asks, in whichever layout runs: `.ts` from a checkout,
 * `.js` when compiled for packing (Node strips types of nothing under `node_modules`). Workers and child processes get
 * their path here and nowhere else.
 */
export function siblingFile(importMetaUrl: string, name: string): string {
  return fileURLToPath(new URL(name + extname(new URL(importMetaUrl).pathname), importMetaUrl));
}
