/**
 * What the runtimes of tests compile is kept between their starts, which saves a quarter of each. Only a process that ends
 * by itself writes it, and those of tests are mostly killed: the first run in a checkout starts one for that alone.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const CHECKOUT = createHash('sha256').update(ROOT).digest('hex').slice(0, 12);

/** By checkout: entries are found by path. */
export const COMPILE_CACHE = join(tmpdir(), `wardflow-test-compile-cache-${CHECKOUT}`);

export async function fillCompileCache(): Promise<void> {
  if (existsSync(COMPILE_CACHE) || !existsSync(join(ROOT, 'dist/palette'))) return;
  mkdirSync(COMPILE_CACHE, { recursive: true });
  const { RuntimeProcess } = await import('./runtime-process.ts');
  const first = await RuntimeProcess.start();
  await first.stop();
  await first.dispose();
}
