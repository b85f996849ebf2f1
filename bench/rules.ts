/**
 * Time of a decision by table size, inputs given, beside three other engines on the same table. All answers are compared:
 * a figure of an engine that answers otherwise would say nothing. Ratios matter, not figures. And of a decision that misses
 * an input, with what that leaves open, which the others do not tell.
 */
import assert from 'node:assert/strict';
import { openSentence, RuleTable } from '../engine/index.ts';
import { generate, type Decide, type Generated } from './rule-engines/generated-table.ts';
import { tableFile } from './rule-engines/wardflow.ts';

interface Peer {
  readonly name: string;
  load(): Promise<{ load(generated: Generated): Decide }>;
}

const PEERS: readonly Peer[] = [
  { name: 'wardflow', load: () => import('./rule-engines/wardflow.ts') },
  { name: 'zen-engine', load: () => import('./rule-engines/zen.ts') },
  { name: 'json-rules-engine', load: () => import('./rule-engines/json-rules.ts') },
  { name: 'feelin', load: () => import('./rule-engines/feelin.ts') },
];
const SIZES = [10, 200, 1_000, 10_000];
const DECISIONS = 20_000;
/** Where a decision takes milliseconds, fewer are made. */
const MOST_MS = 3_000;
const COMPARED = 2_000;
/** Rows from which on it is measured with a value missing. */
const FEWEST_WITH_GAPS = 200;

interface Row {
  readonly rows: number;
  readonly engine: string;
  readonly 'load ms': number;
  readonly 'hits %': number;
  readonly 'median us': number;
  readonly 'p99 us': number;
  readonly 'times ours': number;
  /** `null`: the others do not tell what is left open. */
  readonly 'answers compared': number | null;
}

export async function run(): Promise<readonly Row[]> {
  const table: Row[] = [];
  for (const size of SIZES) {
    const generated = generate(size);
    let ours: { readonly answers: readonly number[]; readonly median: number } | undefined;
    for (const peer of PEERS) {
      const measured = await measure(peer, generated);
      ours ??= measured;
      const { answers, median } = measured;
      assert.deepEqual(
        answers,
        ours.answers.slice(0, answers.length),
        `${peer.name} answers otherwise at ${size} rows`,
      );
      table.push({
        rows: size,
        engine: peer.name,
        'load ms': round(measured.loadMs, 1),
        'hits %': Math.round((100 * answers.filter((row) => row >= 0).length) / answers.length),
        'median us': round(median, 2),
        'p99 us': round(measured.p99, 2),
        'times ours': round(median / ours.median, 1),
        'answers compared': answers.length,
      });
    }
    if (size >= FEWEST_WITH_GAPS)
      for (const input of ['value', 'code'])
        table.push(await measureWithout(input, generated, ours?.median ?? Number.NaN));
  }
  return table;
}

/** What a flow does with each decision that misses something: half the rows ask for a value, every row for a code. */
async function measureWithout(input: string, generated: Generated, ours: number): Promise<Row> {
  const began = performance.now();
  const table = RuleTable.compile(tableFile(generated));
  const samples = generated.samples.map((sample) => ({ ...sample, [input]: null }));
  const options = { now: new Date('2026-03-10T12:00:00Z') };
  const decide = async (index: number): Promise<boolean> => {
    const decision = await table.decide(samples[index % samples.length] ?? {}, options);
    openSentence(await table.openRows(decision, options));
    return decision.matched.length > 0;
  };
  await decide(0);
  const loadMs = performance.now() - began;
  let hits = 0;
  for (let i = 0; i < COMPARED; i++) if (await decide(i)) hits++;
  const times = new Float64Array(COMPARED);
  for (let i = 0; i < COMPARED; i++) {
    const start = performance.now();
    await decide(i);
    times[i] = (performance.now() - start) * 1000;
  }
  const sorted = times.toSorted();
  const median = quantile(sorted, 0.5);
  return {
    rows: generated.rows.length,
    engine: `wardflow, ${input} missing`,
    'load ms': round(loadMs, 1),
    'hits %': Math.round((100 * hits) / COMPARED),
    'median us': round(median, 2),
    'p99 us': round(quantile(sorted, 0.99), 2),
    'times ours': round(median / ours, 1),
    'answers compared': null,
  };
}

async function measure(
  peer: Peer,
  generated: Generated,
): Promise<{ answers: readonly number[]; loadMs: number; median: number; p99: number }> {
  const engine = await peer.load();
  const began = performance.now();
  const decide = engine.load(generated);
  const loadMs = performance.now() - began;
  const { samples } = generated;
  const answers: number[] = [];
  const end = performance.now() + MOST_MS;
  for (const sample of samples.slice(0, COMPARED)) {
    answers.push(await decide(sample));
    if (performance.now() > end) break;
  }
  const [first] = samples;
  if (!first) throw new TypeError('there are samples');
  // Reading the clock takes a good part of a decision's time: where nothing waits, ten are timed together.
  const together = typeof decide(first) === 'number' ? 10 : 1;
  const times = new Float64Array(DECISIONS);
  let made = 0;
  const last = performance.now() + MOST_MS;
  for (let round = 0; round < 2; round++) {
    // The first round is to warm up.
    made = 0;
    while (made < DECISIONS) {
      const start = performance.now();
      for (let i = 0; i < together; i++) {
        const answer = decide(samples[(made * together + i) % samples.length] ?? first);
        if (typeof answer !== 'number') await answer;
      }
      const now = performance.now();
      times[made++] = ((now - start) * 1000) / together;
      if (now > last) break;
    }
    if (performance.now() > last) break;
  }
  const sorted = times.subarray(0, made).toSorted();
  return { answers, loadMs, median: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

const quantile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
