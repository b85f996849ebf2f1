import { ZenEngine } from '@gorules/zen-engine';
import { RANGES, type Decide, type Generated } from './generated-table.ts';

/** Flags are a list: that column has no field, so that its cells are whole expressions. */
export function load({ rows }: Generated): Decide {
  const decision = new ZenEngine().createDecision({
    nodes: [
      { id: 'in', name: 'in', type: 'inputNode' },
      {
        id: 'table',
        name: 'table',
        type: 'decisionTableNode',
        content: {
          hitPolicy: 'first',
          inputs: [
            ...['code', 'unit'].map((name) => ({ id: name, name, field: name })),
            { id: 'flags', name: 'flags' },
            ...RANGES.map((name) => ({ id: name, name, field: name })),
          ],
          outputs: ['lane', 'row', 'queue'].map((name) => ({ id: `out-${name}`, name, field: name })),
          rules: rows.map((row, i) => ({
            _id: `r${i}`,
            code: JSON.stringify(row.code),
            unit: row.unit === null ? '' : JSON.stringify(row.unit),
            flags: row.flag === null ? '' : `${JSON.stringify(row.flag)} in flags`,
            ...Object.fromEntries(RANGES.map((name) => [name, row[name] === null ? '' : `[${row[name].join('..')})`])),
            'out-lane': '"stat"',
            'out-row': String(i),
            'out-queue': '"desk"',
          })),
        },
      },
      { id: 'out', name: 'out', type: 'outputNode' },
    ],
    edges: [
      { id: 'a', sourceId: 'in', targetId: 'table', type: 'edge' },
      { id: 'b', sourceId: 'table', targetId: 'out', type: 'edge' },
    ],
  });
  return async (sample) => {
    const { result } = (await decision.evaluate(sample)) as { readonly result: { readonly row?: number } | null };
    return result?.row ?? -1;
  };
}
