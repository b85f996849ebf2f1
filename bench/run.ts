/** `npm run bench [name ...]`: runs the benchmarks one after the other and prints their tables. */
import { existsSync, readdirSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

interface Benchmark {
  run(): Promise<readonly object[]> | readonly object[];
}

/** A benchmark is a file here that exports `run`; these two are not. */
const NOT_BENCHMARKS = new Set(['run', 'flow']);
/** Run when they are named. */
const TAKES_MINUTES = new Set(['soak']);
const wanted = process.argv.slice(2);

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
  .filter((name) => !NOT_BENCHMARKS.has(name))
  .filter((name) => (wanted.length === 0 ? !TAKES_MINUTES.has(name) : wanted.includes(name)))
  .toSorted();

const unknown = wanted.filter((name) => !existsSync(join(import.meta.dirname, `${name}.ts`)));
if (unknown.length > 0) {
  process.stderr.write(
    `bench: there is no benchmark named ${unknown.join(', ')}; there are ${names.join(', ') || 'none of these'}\n`,
  );
  process.exit(1);
}

process.stdout.write(
  `bench: Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB\n`,
);
for (const name of names) {
  const benchmark = (await import(join(import.meta.dirname, `${name}.ts`))) as Benchmark;
  process.stdout.write(`\n${name}\n`);
  console.table(await benchmark.run());
}
