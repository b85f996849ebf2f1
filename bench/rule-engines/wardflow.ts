import { RuleTable } from '../../engine/index.ts';
import { RANGES, type Decide, type Generated } from './generated-table.ts';

const NOW = { now: new Date('2026-03-10T12:00:00Z') };

export function tableFile({ rows }: Generated): object {
  const text = (value: string | null): string => (value === null ? '-' : JSON.stringify(value));
  const range = (cell: readonly [number, number] | null): string => (cell === null ? '-' : `[${cell[0]}..${cell[1]})`);
  const input = (name: string, type: string): object => ({ name, type, expression: name });
  return {
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
      ...RANGES.map((name) => input(name, 'number')),
    ],
    outputs: [
      { name: 'lane', type: 'string' },
      { name: 'row', type: 'number' },
      { name: 'queue', type: 'string' },
    ],
    rows: rows.map((row, i) =>
      Object.fromEntries(
        new Map<string, unknown>([
          ['id', `r${i}`],
          ['when', [text(row.code), text(row.unit), text(row.flag), ...RANGES.map((name) => range(row[name]))]],
          ['then', ['stat', i, 'desk']],
        ]),
      ),
    ),
    otherwise: ['routine', -1, 'none'],
  };
}

export function load(generated: Generated): Decide {
  const table = RuleTable.compile(tableFile(generated));
  return (sample) => {
    const decision = table.decide(sample as unknown as Readonly<Record<string, unknown>>, NOW);
    if (decision instanceof Promise) throw new TypeError('the table has no expressions');
    const { outputs, matched } = decision;
    const row = Number(outputs?.['row']);
    return matched.length === (row < 0 ? 0 : 1) ? row : Number.NaN;
  };
}
