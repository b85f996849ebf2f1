/** The one place where tests ask for what a machine may lack. A missing thing skips the test and is named at the end. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { mongodBinary, mongodUrl } from './mongod.ts';

const skipped = new Map<string, string>();

/** Skips the running test or suite (mocha's `this`) with a reason that is repeated at the end of the run. */
export function skipBecause(context: { skip(): never }, what: string, reason: string): never {
  skipped.set(what, reason);
  return context.skip();
}

export function reportSkipped(): void {
  for (const [what, reason] of skipped) process.stdout.write(`\n  tests were skipped for want of ${what}: ${reason}\n`);
}

/** The folder of shared data beside the checkout; `undefined` on a user's machine. */
export function sharedFolder(): string | undefined {
  const folder = resolve(import.meta.dirname, '../../../shared');
  return existsSync(resolve(folder, 'data')) ? folder : undefined;
}

export function requireShared(context: { skip(): never }, path: string): string {
  const folder = sharedFolder();
  const file = folder && resolve(folder, path);
  return file && existsSync(file)
    ? file
    : skipBecause(context, `../shared/${path}`, 'only where the shared data lies beside the checkout');
}

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export function requireChromium(context: { skip(): never }): string {
  const found = [process.env['CHROMIUM_PATH'] ?? '', ...CHROMIUM].find((path) => path !== '' && existsSync(path));
  return found ?? skipBecause(context, 'Chromium', 'install the Debian package chromium, or set CHROMIUM_PATH');
}

export function requireStrace(context: { skip(): never }): string {
  const found = ['/usr/bin/strace', '/bin/strace'].find((path) => existsSync(path));
  return found ?? skipBecause(context, 'strace', 'install the Debian package strace');
}

/** Tests that stand between a process and the C library preload what they compile: Linux with glibc, and a C compiler. */
export function requireCompiler(context: { skip(): never }): string {
  const found = ['/usr/bin/cc', '/usr/bin/gcc', '/usr/bin/clang'].find((path) => existsSync(path));
  const headers = existsSync('/usr/include/stdio.h');
  return process.platform === 'linux' && headers && found !== undefined
    ? found
    : skipBecause(context, 'a C compiler', 'on Linux, install the Debian packages gcc and libc6-dev');
}

/**
 * Where a MongoDB replica set can be had: `WARDFLOW_MONGODB_URL`, else the server beside the checkout, started by the first
 * test that asks (mongod.ts). Gives the function that gives its URL.
 */
export function requireMongod(context: { skip(): never }): () => Promise<string> {
  return (
    mongodUrl() ??
    skipBecause(context, 'MongoDB', 'set WARDFLOW_MONGODB_URL to a replica set whose databases may be written')
  );
}

/** Where a test needs servers of its own: several members, none in a replica set. */
export function requireMongodBinary(context: { skip(): never }): void {
  if (mongodBinary() === undefined)
    skipBecause(context, 'mongod', 'only where the server of ../shared/mongodb lies beside the checkout');
}

/** Full counts run in `npm run test:long`; `npm test` takes the small number. */
export const longRun = process.env['WARDFLOW_TEST_LONG'] === '1';
export const counts = (short: number, long: number): number => (longRun ? long : short);
