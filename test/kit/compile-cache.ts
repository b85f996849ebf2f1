/**
 * What tests and the runtimes that they start compile is kept between their starts: a quarter of a runtime's, half of what
 * opening an embedded store takes. Only a process that ends by itself writes it, and those of tests are mostly killed: the
 * first run in a checkout starts a runtime for that alone, and tests write theirs after each file.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const CHECKOUT = createHash('sha256').update(ROOT).digest('hex').slice(0, 12);

/** Of runtimes. By checkout: entries are found by path. */
export const COMPILE_CACHE = join(tmpdir(), `wardflow-test-compile-cache-${CHECKOUT}`);
/** Of the tests, their threads and what they start with their own environment. */
const OWN_CACHE = `${COMPILE_CACHE}-own`;

export function useCompileCache(): void {
  process.env['NODE_COMPILE_CACHE'] = OWN_CACHE;
  enableCompileCache(OWN_CACHE);
}

export async function fillCompileCache(): Promise<void> {
  if (existsSync(COMPILE_CACHE) || !existsSync(join(ROOT, 'dist/palette'))) return;
  mkdirSync(COMPILE_CACHE, { recursive: true });
  const { RuntimeProcess } = await import('./runtime-process.ts');
  const first = await RuntimeProcess.start();
  await first.stop();
  await first.dispose();
}
