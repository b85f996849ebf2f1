/** How fast the MLLP framer goes through what TCP brings: frames of 1 KB and of 5 MB, in chunks of 64 KB and 1,460 bytes. */
import { frame, MllpFramer } from '../engine/index.ts';

export interface FramerBenchRow {
  readonly frames: string;
  readonly chunks: string;
  readonly megabytesPerSecond: number;
}

export function run(): readonly FramerBenchRow[] {
  const rows: FramerBenchRow[] = [];
  for (const [frames, size] of [
    ['1 KB', 1_000],
    ['5 MB', 5_000_000],
  ] as const) {
    const one = frame(Buffer.from(`MSH|^~\\&|${'x'.repeat(size)}\r`));
    const stream = Buffer.concat(Array.from({ length: Math.ceil(20_000_000 / one.length) }, () => one));
    for (const chunk of [65_536, 1_460]) {
      let best = 0;
      for (let round = 0; round < 5; round++) best = Math.max(best, throughput(stream, chunk));
      rows.push({ frames, chunks: `${chunk} bytes`, megabytesPerSecond: Math.round(best) });
    }
  }
  return rows;
}

function throughput(stream: Buffer, chunk: number): number {
  const framer = new MllpFramer();
  const started = process.hrtime.bigint();
  let found = 0;
  for (let at = 0; at < stream.length; at += chunk) found += framer.push(stream.subarray(at, at + chunk)).length;
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (found === 0) throw new Error('the framer found nothing');
  return stream.length / 1e6 / seconds;
}

if (import.meta.main) console.table(run());
