import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import type { RuleLint } from '../../engine/rules/contract.ts';
import { RuleTable } from '../../engine/rules/rule-table.ts';
import { counts } from '../kit/requires.ts';
import { column, decideNow, NOW, row, tableFile } from './build-table.ts';
import { cellOf } from './cell-generators.ts';

const lint = (type: string, cells: readonly string[], more: Record<string, unknown> = {}): RuleLint =>
  column(type, cells, more).lint({ now: NOW });

const kinds = ({ findings }: RuleLint): unknown[] => findings.map(({ kind, rows }) => [kind, ...rows]);
const texts = ({ findings }: RuleLint): string[] => findings.map(({ text }) => text);

describe('the lint of a rule table', () => {
  it('finds a gap at a bound that two rows leave out, with an input that shows it', () => {
    const found = lint('number', ['< 5', '> 5', 'null']);
    assert.deepEqual(kinds(found), [['gap']]);
    assert.deepEqual(found.findings[0]?.sample, { x: 5 });
    assert.equal(found.findings[0]?.text, 'No row matches X 5: nothing is decided');
    assert.deepEqual(kinds(lint('number', ['< 5', '>= 5', 'null'])), []);
  });

  it('finds no gap where otherwise holds', () => {
    assert.deepEqual(kinds(lint('number', ['< 5'], { otherwise: [1] })), []);
  });

  it('tells a missing input apart from a gap in values', () => {
    assert.deepEqual(kinds(lint('number', ['< 5', '>= 5'])), [['gap-missing']]);
    assert.deepEqual(texts(lint('string', ['"A"', 'not("A")'])), ['No row matches X missing: nothing is decided']);
  });

  it('finds gaps in every type of column', () => {
    for (const [type, cells, sample] of [
      ['string', ['"A"', '"B"'], 'other'],
      ['boolean', ['true'], false],
      ['number', ['<= 1', '[2..3]', '(3..9)', '>= 9'], 1.5],
      ['date', ['< date("2026-01-31")', '> date("2026-01-31")'], '2026-01-31'],
      ['time', ['[time("06:00")..time("22:00")]', '(time("22:00")..time("05:00")]'], '05:01'],
      ['dateTime', ['< date and time("2026-01-01T00:00:00Z")'], '2026-01-01T00:00:00Z'],
      ['list', ['"A"', '"B"'], []],
      ['list', ['not("A")'], ['A']],
    ] as const) {
      const found = lint(type, cells);
      const gap = found.findings.find(({ kind }) => kind === 'gap');
      assert.ok(gap, `${type} ${cells.join(' ')}`);
      assert.deepEqual(gap.sample?.['x'], sample);
      assert.deepEqual(decideNow(column(type, cells), gap.sample ?? {}).matched, []);
    }
  });

  it('knows that nothing lies between two days that follow each other, and that a clock has an end', () => {
    for (const [type, cells] of [
      ['date', ['<= date("2026-01-30")', '>= date("2026-01-31")', 'null']],
      ['time', ['<= time("12:00")', '(time("12:00")..time("23:59:59.999")]', 'null']],
      ['boolean', ['true', 'false', 'null']],
      ['list', ['"A"', 'not("A")', 'null']],
      ['number', ['not(5)', '5', 'null']],
    ] as const)
      assert.deepEqual(lint(type, cells), { findings: [], notChecked: [] }, type);
  });

  it('finds two rows that both match under UNIQUE, and under ANY where they differ', () => {
    const found = lint('number', ['[0..5]', '[5..9]', '> 9'], { hitPolicy: 'UNIQUE', otherwise: [0] });
    assert.deepEqual(kinds(found), [['overlap', 'r0', 'r1']]);
    assert.deepEqual(found.findings[0]?.sample, { x: 5 });
    assert.equal(found.findings[0]?.text, 'Rows r0 and r1 both match X 5, and only one may');
    const any = (gives: readonly number[]): RuleLint =>
      lint('number', [], {
        hitPolicy: 'ANY',
        otherwise: [0],
        rows: ['> 0', '> 5', '> 7'].map((cell, i) => row(`r${i}`, [cell], [gives[i]])),
      });
    assert.deepEqual(kinds(any([1, 1, 1])), []);
    assert.deepEqual(kinds(any([1, 1, 2])), [
      ['overlap', 'r0', 'r2'],
      ['overlap', 'r1', 'r2'],
    ]);
    assert.deepEqual(kinds(lint('number', ['< 5', '> 3'], { otherwise: [0] })), [], 'FIRST says which decides');
    assert.deepEqual(kinds(lint('number', ['< 5', '> 3'], { hitPolicy: 'COLLECT', otherwise: [0] })), []);
  });

  it('finds a row that one row or several together shadow', () => {
    const found = lint('number', ['> 5', '[6..7]', '<= 5', '[4..8]', '-', 'null'], { otherwise: [0] });
    assert.deepEqual(kinds(found), [
      ['unreachable', 'r1', 'r0'],
      ['unreachable', 'r3', 'r0', 'r1', 'r2'],
      ['unreachable', 'r5', 'r4'],
    ]);
    assert.match(texts(found)[0] ?? '', /^Row r1 never decides: row r0 takes all that it matches, for example X/);
    assert.match(texts(found)[1] ?? '', /rows r0, r1, r2 together take all/);
  });

  it('finds under PRIORITY a row that rows of higher priority shadow, wherever they stand', () => {
    const found = RuleTable.compile(
      tableFile({
        hitPolicy: 'PRIORITY',
        inputs: [{ name: 'x', expression: 'x', type: 'number' }],
        rows: [row('low', ['> 5'], ['routine']), row('high', ['> 3'], ['stat']), row('own', ['> 1'], ['urgent'])],
      }),
    ).lint({ now: NOW });
    assert.deepEqual(kinds(found), [['unreachable', 'low', 'high']]);
  });

  it('finds a row that nothing can match', () => {
    assert.deepEqual(kinds(lint('number', ['not(< 5, >= 5)', '-'])), [['matches-nothing', 'r0']]);
    assert.deepEqual(kinds(lint('boolean', ['not(true, false)', '-'])), [['matches-nothing', 'r0']]);
    assert.deepEqual(kinds(lint('list', ['not("A"), "A"'].slice(1).concat('-'))), []);
  });

  it('looks at rows when they are in force, from now on', () => {
    const dated = (from: string | null, to: string | null): Record<string, unknown> => ({ effective: { from, to } });
    const table = (rows: readonly object[], more = {}): RuleLint =>
      RuleTable.compile(
        tableFile({ inputs: [{ name: 'x', label: 'X', expression: 'x', type: 'number' }], rows, ...more }),
      ).lint({ now: NOW });
    const unique = { hitPolicy: 'UNIQUE', otherwise: ['routine'] };
    const apart = [
      row('spring', ['> 5'], ['stat'], dated(null, '2026-05-31')),
      row('summer', ['> 5'], ['urgent'], dated('2026-06-01', null)),
    ];
    assert.deepEqual(kinds(table(apart, unique)), []);
    const together = [apart[0] ?? {}, row('summer', ['> 5'], ['urgent'], dated('2026-05-31', null))];
    const found = table(together, unique);
    assert.deepEqual(kinds(found), [['overlap', 'spring', 'summer']]);
    assert.match(found.findings[0]?.at ?? '', /^2026-05-31T/);
    assert.match(found.findings[0]?.text ?? '', / on 2026-05-31, and only one may/);
    const gap = table([row('a', ['-'], ['stat'], dated(null, '2026-12-31'))], { otherwise: null });
    assert.deepEqual(kinds(gap), [['gap']]);
    assert.ok((gap.findings[0]?.at ?? '') >= '2027-01-01');
    assert.deepEqual(kinds(table([row('a', ['-'], ['stat'], dated(null, '2026-01-31')), row('b', ['-'], ['stat'])])), [
      ['not-in-force', 'a'],
    ]);
  });

  it('says that rows with JSONata were not compared, and claims nothing about them', () => {
    const found = lint('number', ['< 5', '= $value > 4', '>= 6', 'null']);
    assert.deepEqual(kinds(found), []);
    assert.match(found.notChecked.join(), /^One row has cells of JSONata/);
    assert.deepEqual(kinds(lint('number', ['-', '= $value > 4'])), [['unreachable', 'r1', 'r0']]);
  });

  it('stops at a bound of work and says where', () => {
    const cells = Array.from({ length: 400 }, (_, i) => `[${i}..${i + 50}]`);
    const found = column('number', cells, { hitPolicy: 'UNIQUE', otherwise: [0] }).lint({ now: NOW, work: 1_000 });
    assert.match(found.notChecked.join(), /overlaps were not checked further than row r\d+ \(\d+ of 400\)/);
    const many = column('number', cells, { hitPolicy: 'UNIQUE', otherwise: [0] }).lint({ now: NOW });
    assert.equal(many.findings.length, 200);
    assert.match(many.notChecked.join(), /There are 200 findings/);
  });

  it('finds in random tables exactly what trying every input finds', () => {
    const types = ['number', 'string', 'list'] as const;
    const numbers = [null, ...Array.from({ length: 45 }, (_, i) => -3 + i / 4)];
    const words = ['A', 'B', 'C', 'D', ''];
    const lists = [null, ...Array.from({ length: 32 }, (_, n) => words.filter((_, i) => (n >> i) % 2 === 1))];
    const inputs = numbers.flatMap((number) =>
      [null, ...words, 'other'].flatMap((string) => lists.map((list) => ({ number, string, list }))),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(...types.map(cellOf)), { minLength: 1, maxLength: 7 }),
        fc.constantFrom('UNIQUE', 'FIRST'),
        (rows, hitPolicy) => {
          const file = (policy: string): RuleTable =>
            RuleTable.compile(
              tableFile({
                hitPolicy: policy,
                inputs: types.map((type) => ({ name: type, expression: type, type })),
                outputs: [{ name: 'row', type: 'number' }],
                rows: rows.map((when, i) => row(`r${i}`, when, [i])),
                otherwise: null,
              }),
            );
          const table = file(hitPolicy);
          const every = file('COLLECT');
          const { findings, notChecked } = table.lint({ now: NOW });
          assert.deepEqual(notChecked, []);
          const matches = inputs.map((input) => decideNow(every, input).matched);
          const pairs = new Set(
            matches.flatMap((ids) => ids.flatMap((a, i) => ids.slice(i + 1).map((b) => `${a} ${b}`))),
          );
          const deciding = new Set(matches.map((ids) => ids[0]));
          const able = new Set(matches.flat());
          const of = (kind: string): string[] =>
            findings.flatMap((one) =>
              one.kind === kind ? [one.rows.slice(0, kind === 'overlap' ? 2 : 1).join(' ')] : [],
            );
          const ids = rows.map((_, i) => `r${i}`);
          assert.deepEqual(
            of('matches-nothing'),
            ids.filter((id) => !able.has(id)),
          );
          if (hitPolicy === 'UNIQUE') assert.deepEqual(of('overlap').toSorted(), [...pairs].toSorted());
          else
            assert.deepEqual(
              of('unreachable'),
              ids.filter((id) => able.has(id) && !deciding.has(id)),
            );
          const without = inputs.filter((_, i) => matches[i]?.length === 0);
          const real = without.some((input) => Object.values(input).every((value) => value !== null));
          const expected = real ? 'gap' : without.length > 0 ? 'gap-missing' : undefined;
          assert.equal(findings.find(({ kind }) => kind.startsWith('gap'))?.kind, expected);
          for (const { kind, rows: named, sample } of findings) {
            if (sample === null) continue;
            const { matched } = decideNow(every, sample);
            if (kind.startsWith('gap')) assert.deepEqual(matched, []);
            else for (const id of kind === 'overlap' ? named : named.slice(0, 1)) assert.ok(matched.includes(id));
          }
        },
      ),
      { seed: 20260105, numRuns: counts(25, 3_000) },
    );
  });
});
