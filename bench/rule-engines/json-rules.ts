import { Engine, type NestedCondition } from 'json-rules-engine';
import { RANGES, type Decide, type Generated } from './generated-table.ts';

/** FIRST by priorities: the first rule that succeeds ends the run. One run at a time: several on one engine disturb each other. */
export function load({ rows }: Generated): Decide {
  const engine = new Engine();
  let found = -1;
  rows.forEach((row, i) => {
    const all: NestedCondition[] = [{ fact: 'code', operator: 'equal', value: row.code }];
    if (row.unit !== null) all.push({ fact: 'unit', operator: 'equal', value: row.unit });
    if (row.flag !== null) all.push({ fact: 'flags', operator: 'contains', value: row.flag });
    for (const name of RANGES) {
      const cell = row[name];
      if (cell === null) continue;
      all.push({ fact: name, operator: 'greaterThanInclusive', value: cell[0] });
      all.push({ fact: name, operator: 'lessThan', value: cell[1] });
    }
    engine.addRule({
      name: `r${i}`,
      priority: rows.length - i,
      conditions: { all },
      event: { type: 'row' },
      onSuccess: () => {
        found = i;
        engine.stop();
      },
    });
  });
  return async (sample) => {
    found = -1;
    await engine.run({ ...sample });
    return found;
  };
}
