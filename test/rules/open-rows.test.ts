/** What missing values leave open, against every value that they could have had. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { RuleTable } from '../../engine/rules/rule-table.ts';
import type { RuleDecision } from '../../engine/rules/contract.ts';
import { counts } from '../kit/requires.ts';
import { inspectRuleTable } from '../../engine/rules/compile.ts';
import { decidingTable } from '../../engine/rules/decide.ts';
import { decideNow, NOW, row, tableFile } from './build-table.ts';
import { cellOf, generatorsOf } from './cell-generators.ts';
import { openRowsByScan } from './open-rows-by-scan.ts';

const SEED = 20260512;
const TYPES = ['string', 'number', 'boolean'] as const;
/** One value of each stretch that the cells below tell apart. */
const VALUES: readonly (readonly unknown[])[] = [
  ['A', 'B', 'other'],
  [-9, 1, 1.5, 2, 2.5, 3, 9],
  [true, false],
];
const CELLS: readonly (readonly string[])[] = [
  ['-', '"A"', '"A", "B"', 'not("A")', 'null', '"B", null', 'not(null)'],
  ['-', '< 1', '> 2', '[1..2]', '2', 'not(< 2, >= 2)', '< 2, null', 'null', 'not(> 1)'],
  ['-', 'true', 'false', 'not(true)', 'not(true, false)', 'null', 'false, null'],
];
const POLICIES = ['UNIQUE', 'FIRST', 'PRIORITY', 'ANY', 'COLLECT', 'SUM', 'MAX', 'COUNT'] as const;

type Sample = readonly unknown[];

function tableOf(
  policy: (typeof POLICIES)[number],
  rows: readonly (readonly [readonly string[], number])[],
  otherwise: boolean,
) {
  const aggregation = policy === 'SUM' || policy === 'MAX' || policy === 'COUNT' ? policy : undefined;
  return RuleTable.compile(
    tableFile({
      hitPolicy: aggregation ? 'COLLECT' : policy,
      ...(aggregation && { aggregation }),
      inputs: TYPES.map((type) => ({ name: type, label: type, expression: type, type })),
      outputs: [{ name: 'n', type: 'number', ...(policy === 'PRIORITY' && { values: [0, 1, 2] }) }],
      rows: rows.map(([when, gives], i) => row(`r${i}`, when, [gives])),
      otherwise: otherwise ? [0] : null,
    }),
  );
}

const inputOf = (sample: Sample) => Object.fromEntries(TYPES.map((type, i) => [type, sample[i] ?? null]));
const said = ({ outputs, error }: RuleDecision) => JSON.stringify([outputs, error]);
const openOf = async (table: RuleTable, decision: RuleDecision) =>
  (await table.openRows(decision, { now: NOW, most: Infinity })).rows;

/** Every way in which the values at `places` could have been. */
function filled(sample: Sample, places: readonly number[]): readonly Sample[] {
  const [place, ...others] = places;
  if (place === undefined) return [sample];
  return (VALUES[place] ?? []).flatMap((value) => filled(sample.with(place, value), others));
}

describe('what missing values leave open', () => {
  const cells = fc.tuple(...CELLS.map((some) => fc.constantFrom(...some)));
  const samples = fc.tuple(...VALUES.map((some) => fc.oneof(fc.constant(null), fc.constantFrom(...some))));
  const rows = fc.array(fc.tuple(cells, fc.integer({ min: 0, max: 2 })), { minLength: 1, maxLength: 5 });
  /** A row alone, for what it would match by itself. */
  const alone = (when: readonly string[]) => tableOf('FIRST', [[when, 1]], false);
  const matches = (table: RuleTable, sample: Sample) => decideNow(table, inputOf(sample)).matched.length > 0;

  it('is, under each hit policy, what some value would have decided otherwise, and nothing else', async () => {
    let [open, closed] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...POLICIES),
        rows,
        samples,
        fc.boolean(),
        async (policy, made, sample, rest) => {
          const table = tableOf(policy, made, rest);
          const decision = decideNow(table, inputOf(sample));
          fc.pre(decision.error === null);
          const found = (await openOf(table, decision)).map(({ row: id }) => id);
          const answer = made.filter((_, i) => decision.matched.includes(`r${i}`));
          const asked = (when: readonly string[], i: number) => when[i]?.endsWith('null') ?? false;
          const missing = TYPES.flatMap((_, i) =>
            sample[i] === null && !answer.some(([when]) => asked(when, i)) ? [i] : [],
          );
          const first = made.findIndex((_, i) => decision.matched.includes(`r${i}`));
          const expected = made.flatMap(([when], i) => {
            if (decision.matched.includes(`r${i}`) || (policy === 'FIRST' && first >= 0 && i > first)) return [];
            // Where the row speaks of null itself, that is what it is.
            const free = missing.filter((place) => !(when[place] ?? '').includes('null'));
            const own = alone(when);
            if (!filled(sample, free).some((one) => matches(own, one))) return [];
            const together =
              policy === 'FIRST'
                ? [i]
                : made.flatMap((_, at) => (decision.matched.includes(`r${at}`) || at === i ? [at] : []));
            const joined = tableOf(
              policy,
              together.map((at) => [['-', '-', '-'], made[at]?.[1] ?? 0]),
              rest,
            );
            return said(decideNow(joined, inputOf(sample))) === said(decision) ? [] : [`r${i}`];
          });
          assert.deepEqual(found, expected);
          if (found.length > 0) open++;
          else if (missing.length > 0) closed++;
          if (policy !== 'FIRST' || found.length > 0 || made.some(([when]) => when.includes('not(null)'))) return;
          for (const one of filled(sample, missing))
            assert.equal(
              said(decideNow(table, inputOf(one))),
              said(decision),
              'nothing that is missing decides anything',
            );
        },
      ),
      { seed: SEED, numRuns: counts(1_500, 30_000) },
    );
    assert.ok(open > 50 && closed > 50, `${open} open, ${closed} not`);
  });

  it('is what a scan row by row and cell by cell finds, in tables of many rows, with dates and expressions', async () => {
    const types = ['string', 'number', 'time', 'list'] as const;
    const condition = fc.constantFrom('= $exists(number)', '= list = "A"', '= $value = "B"', '= number > 1');
    const cell = (type: (typeof types)[number]) =>
      fc.oneof({ weight: 4, arbitrary: fc.constant('-') }, { weight: 12, arbitrary: cellOf(type) }, condition);
    const gives = fc.tuple(
      fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 2 }) }, fc.constant('= 1')),
      fc.nat(1),
    );
    const effective = fc.constantFrom(null, { from: null, to: '2026-01-01' }, { from: '2026-01-01', to: null });
    const many = fc.array(fc.tuple(fc.tuple(...types.map(cell)), gives, effective), { minLength: 30, maxLength: 70 });
    const sample = fc.tuple(
      ...types.map((type) => fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, generatorsOf(type).value)),
    );
    let [open, several, bounded] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...POLICIES),
        many,
        fc.array(sample, { minLength: 4, maxLength: 4 }),
        async (policy, made, asked) => {
          const aggregation = policy === 'SUM' || policy === 'MAX' || policy === 'COUNT' ? policy : undefined;
          const outputs = [
            { name: 'n', type: 'number', ...(policy === 'PRIORITY' && { values: [0, 1, 2] }) },
            { name: 'm', type: 'number' },
          ];
          const { compiled, problems } = inspectRuleTable(
            tableFile({
              hitPolicy: aggregation ? 'COLLECT' : policy,
              ...(aggregation && { aggregation }),
              inputs: types.map((type) => ({ name: type, expression: type, type })),
              outputs: outputs.slice(0, policy === 'COUNT' ? 1 : 2),
              rows: made.map(([when, then, dates], i) =>
                row(`r${i}`, when, then.slice(0, policy === 'COUNT' ? 1 : 2), dates ? { effective: dates } : {}),
              ),
              otherwise: null,
            }),
          );
          assert.ok(compiled, JSON.stringify(problems));
          const table = decidingTable(compiled);
          for (const values of asked) {
            const decision = await table.decide(Object.fromEntries(types.map((type, i) => [type, values[i]])), {
              now: NOW,
            });
            const holds = async (index: number, column: number): Promise<boolean> => {
              const found = compiled.rows[index]?.conditions.find((one) => one.column === column);
              const bindings = { value: decision.inputs[types[column] ?? ''] ?? null, now: NOW.toISOString() };
              try {
                return (await found?.expression.evaluate(decision.inputs, bindings, NOW)) === true;
              } catch {
                return true;
              }
            };
            const expected = await openRowsByScan(compiled, decision, NOW.getTime(), holds);
            const found = await table.openRows(decision, { now: NOW, most: Infinity });
            assert.deepEqual(found.rows, expected);
            assert.equal(found.count, expected.length);
            assert.deepEqual(found.missing, [...new Set(expected.flatMap(({ missing }) => missing))].toSorted());
            assert.deepEqual((await table.openRows(decision, { now: NOW })).rows, expected.slice(0, 10));
            if (expected.length > 0) open++;
            if (expected.length > 10) bounded++;
            if (expected.length > 0 && decision.matched.length > 1) several++;
          }
        },
      ),
      { seed: SEED, numRuns: counts(80, 5_000) },
    );
    assert.ok(
      open > 50 && several > 20 && bounded > 20,
      `${open} open, ${several} beside several, ${bounded} above ten`,
    );
  });

  const ordered = (type: string, when: readonly string[]) =>
    RuleTable.compile(
      tableFile({
        inputs: [{ name: 'x', label: 'X', expression: 'x', type }],
        outputs: [{ name: 'n', type: 'number' }],
        rows: when.map((cell, i) => row(`r${i}`, [cell], [i])),
        otherwise: null,
      }),
    );
  const openIn = async (table: RuleTable, input: Readonly<Record<string, unknown>> = {}) =>
    (await openOf(table, await table.decide(input, { now: NOW }))).map(({ row: id, missing }) => [id, ...missing]);

  it('is nothing where the type has no such value', async () => {
    assert.deepEqual(await openIn(ordered('time', ['not(< time("12:00"), >= time("12:00"))', '> time("12:00")'])), [
      ['r1', 'x'],
    ]);
    assert.deepEqual(
      await openIn(ordered('date', ['(date("2026-01-01")..date("2026-01-02"))', '< date("2026-01-01")'])),
      [['r1', 'x']],
    );
    assert.deepEqual(await openIn(ordered('list', ['not("A")', '"A"'])), [
      ['r0', 'x'],
      ['r1', 'x'],
    ]);
  });

  it('is what an expression over a missing value could hold for, and what one over others does hold for', async () => {
    const table = RuleTable.compile(
      tableFile({
        rows: [
          row('over-missing', ['-', '= $value = 6'], ['stat']),
          row('names-missing', ['= value = 7', '-'], ['stat']),
          row('holds', ['= $value = "K"', '> 9'], ['urgent']),
          row('does-not', ['= $value = "X"', '> 9'], ['urgent']),
        ],
      }),
    );
    assert.deepEqual(await openIn(table, { code: 'K' }), [
      ['over-missing', 'value'],
      ['names-missing', 'value'],
      ['holds', 'value'],
    ]);
    assert.deepEqual(await openIn(table, { code: 'K', value: 1 }), []);
  });

  it('is nothing where the table says what holds without the value', async () => {
    const table = RuleTable.compile(
      tableFile({ rows: [row('high', ['-', '> 6'], ['stat']), row('none', ['"K"', 'null'], ['urgent'])] }),
    );
    assert.deepEqual(await openIn(table, { code: 'K' }), []);
    assert.deepEqual(await openIn(table, { code: 'N' }), [['high', 'value']]);
  });
});
