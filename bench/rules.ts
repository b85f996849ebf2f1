/**
 * Time of a decision by table size, inputs given. The tables are those of the design's comparison: six
 * columns (code of 400 values, unit of 40, flags, three ranges, `-` cells), three outputs, FIRST.
 */
import { RuleTable } from '../engine/index.ts';

const DECISIONS = 20_000;
const NOW = new Date('2026-03-10T12:00:00Z');

/** Small and seeded (mulberry32), so that every run measures the same tables. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const random = seeded(20260105);
const below = (limit: number): number => Math.floor(random() * limit);
const FLAGS = ['H', 'HH', 'L', 'LL', 'A', 'AA', 'N'];

function tableOf(size: number): RuleTable {
  const cell = (share: number, text: () => string): string => (random() < share ? text() : '-');
  const range = (least: number, most: number, digits: number): string => {
    const low = least + random() * (most - least);
    const high = low + random() * (most - low);
    return `[${low.toFixed(digits)}..${(high + 10 ** -digits).toFixed(digits)})`;
  };
  const rows = Array.from({ length: size }, (_, i) => {
    const when = [
      cell(0.9, () => `"C${below(400)}"`),
      cell(0.5, () => `"U${below(40)}"`),
      cell(0.3, () => `"${FLAGS[below(FLAGS.length)]}"`),
      cell(0.7, () => range(0, 20, 1)),
      cell(0.3, () => range(0, 90, 0)),
      cell(0.2, () => range(0, 23, 0)),
    ];
    return Object.fromEntries(
      new Map<string, unknown>([
        ['id', `r${i}`],
        ['when', when],
        ['then', ['stat', i % 480, 'desk']],
      ]),
    );
  });
  const input = (name: string, type: string): object => ({ name, type, expression: name });
  return RuleTable.compile({
    kind: 'rule-table',
    format: 1,
    name: 'bench',
    title: 'Generated',
    owner: { name: 'bench', contact: 'bench' },
    reason: 'Measured',
    hitPolicy: 'FIRST',
    inputs: [
      input('code', 'string'),
      input('unit', 'string'),
      input('flags', 'list'),
      input('value', 'number'),
      input('age', 'number'),
      input('hour', 'number'),
    ],
    outputs: [
      { name: 'lane', type: 'string' },
      { name: 'minutes', type: 'number' },
      { name: 'queue', type: 'string' },
    ],
    rows,
    otherwise: ['routine', 480, 'none'],
  });
}

const samples = Array.from({ length: 2_000 }, () => ({
  code: `C${below(400)}`,
  unit: `U${below(40)}`,
  flags: random() < 0.6 ? [FLAGS[below(FLAGS.length)]] : [],
  value: Number((random() * 20).toFixed(1)),
  age: below(95),
  hour: below(24),
}));

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function run(): readonly object[] {
  return [10, 200, 1_000, 10_000].map(measure);
}

function measure(size: number): object {
  const before = performance.now();
  const table = tableOf(size);
  const compiled = performance.now() - before;
  let hits = 0;
  const decide = (i: number): void => {
    const decision = table.decide(samples[i % samples.length] ?? {}, { now: NOW });
    if (decision instanceof Promise) throw new TypeError('the table has no expressions');
    if (decision.matched.length > 0) hits++;
  };
  for (let i = 0; i < DECISIONS; i++) decide(i);
  hits = 0;
  const times = new Float64Array(DECISIONS);
  for (let i = 0; i < DECISIONS; i++) {
    const start = performance.now();
    decide(i);
    times[i] = (performance.now() - start) * 1000;
  }
  const sorted = times.toSorted();
  return {
    rows: size,
    'compile ms': Number(compiled.toFixed(1)),
    'hits %': Math.round((100 * hits) / DECISIONS),
    'median us': Number(quantile(sorted, 0.5).toFixed(2)),
    'p99 us': Number(quantile(sorted, 0.99).toFixed(2)),
  };
}
