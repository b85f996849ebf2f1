/**
 * The table of the comparison: six input columns (code of 400 values, unit of 40, flags, ranges of value, age and hour, some
 * cells open), three outputs, FIRST. Seeded, so that every run and every engine gets the same; 70 % of the inputs are hits.
 */

export interface GeneratedRow {
  readonly code: string;
  readonly unit: string | null;
  readonly flag: string | null;
  /** `[low, high)` or open. */
  readonly value: readonly [number, number] | null;
  readonly age: readonly [number, number] | null;
  readonly hour: readonly [number, number] | null;
}

export interface Sample {
  readonly code: string;
  readonly unit: string;
  readonly flags: readonly string[];
  readonly value: number;
  readonly age: number;
  readonly hour: number;
}

export interface Generated {
  readonly rows: readonly GeneratedRow[];
  readonly samples: readonly Sample[];
}

/** Index of the row that decides, -1 where none does. */
export type Decide = (sample: Sample) => number | Promise<number>;

export const RANGES = ['value', 'age', 'hour'] as const;
const FLAGS = ['H', 'HH', 'L', 'LL', 'A', 'AA', 'N'];

/** Small and seeded (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function generate(size: number): Generated {
  const random = seeded(20260105 + size);
  const below = (limit: number): number => Math.floor(random() * limit);
  const some = <T>(share: number, make: () => T): T | null => (random() < share ? make() : null);
  const range = (most: number, digits: number) => (): readonly [number, number] => {
    const low = Number((random() * most * 0.8).toFixed(digits));
    return [low, Number((low + 10 ** -digits + random() * (most - low)).toFixed(digits))];
  };
  const flagOf = (): string => FLAGS[below(FLAGS.length)] ?? 'H';
  const rows = Array.from({ length: size }, (): GeneratedRow => ({
    code: `C${below(400)}`,
    unit: some(0.5, () => `U${below(40)}`),
    flag: some(0.3, flagOf),
    value: some(0.7, range(20, 1)),
    age: some(0.3, range(95, 0)),
    hour: some(0.2, range(24, 0)),
  }));
  const inside = (cell: readonly [number, number] | null, most: number): number => cell?.[0] ?? below(most);
  const samples = Array.from({ length: 2_000 }, (): Sample => {
    const row = random() < 0.7 ? rows[below(size)] : undefined;
    return {
      // A code that no row has: nothing can match.
      code: row?.code ?? `N${below(400)}`,
      unit: row?.unit ?? `U${below(40)}`,
      flags: row?.flag ? [row.flag] : random() < 0.5 ? [flagOf()] : [],
      value: inside(row?.value ?? null, 20),
      age: inside(row?.age ?? null, 95),
      hour: inside(row?.hour ?? null, 24),
    };
  });
  return { rows, samples };
}
