import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { parseCell } from '../../engine/rules/cell.ts';
import { indexColumn } from '../../engine/rules/column-index.ts';
import { RuleTable } from '../../engine/rules/rule-table.ts';
import { cellMatches } from '../../engine/rules/scan.ts';
import { readValue } from '../../engine/rules/value.ts';
import { counts } from '../kit/requires.ts';
import { decideNow, row, tableFile } from './build-table.ts';
import { cellOf, generatorsOf } from './cell-generators.ts';

const SEED = 20260105;

describe('the index', () => {
  for (const type of ['number', 'time', 'string', 'list'] as const)
    it(`agrees with a plain scan over a ${type} column, whatever memory it may take`, () => {
      fc.assert(
        fc.property(
          fc.array(cellOf(type), { minLength: 1, maxLength: 70 }),
          fc.array(generatorsOf(type).value, { minLength: 1, maxLength: 20 }),
          fc.constantFrom(0, 200, 1_000, 1_000_000),
          (texts, values, budget) => {
            const cells = texts.map((text) => parseCell(text, type));
            const index = indexColumn(cells, type, budget);
            for (const raw of values) {
              const value = readValue(type, raw);
              const bits = index?.rowsFor(value);
              cells.forEach((cell, row) => {
                if (cell.kind === 'expression') assert.fail('none was generated');
                const byIndex = bits === undefined || (((bits[row >>> 5] ?? 0) >>> (row & 31)) & 1) === 1;
                assert.equal(byIndex, cellMatches(cell, type, value), `${texts[row]} in row ${row}`);
              });
            }
          },
        ),
        { seed: SEED, numRuns: counts(300, 10_000) },
      );
    });

  it('gives the first row of a whole table that a scan would give', () => {
    const types = ['number', 'string', 'list', 'time'] as const;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(...types.map(cellOf)), { minLength: 1, maxLength: 100 }),
        fc.array(fc.tuple(...types.map((type) => generatorsOf(type).value)), { minLength: 1, maxLength: 10 }),
        (rows, samples) => {
          const table = RuleTable.compile(
            tableFile({
              inputs: types.map((type) => ({ name: type, expression: type, type })),
              outputs: [{ name: 'row', type: 'number' }],
              rows: rows.map((when, i) => row(`r${i}`, when, [i])),
              otherwise: null,
            }),
          );
          for (const sample of samples) {
            const expected = rows.findIndex((row) =>
              types.every((type, i) => {
                const cell = parseCell(row[i] ?? '-', type);
                return cell.kind !== 'expression' && cellMatches(cell, type, readValue(type, sample[i]));
              }),
            );
            const input = Object.fromEntries(types.map((type, i) => [type, sample[i]]));
            assert.deepEqual(decideNow(table, input).matched, expected < 0 ? [] : [`r${expected}`]);
          }
        },
      ),
      { seed: SEED, numRuns: counts(100, 3_000) },
    );
  });
});
