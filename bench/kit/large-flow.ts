/** A flow as large as a definition may be: what the diff and its picture are measured with. */
export const NODES = 5_000;

export interface LargeNode {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

const TYPES = ['switch', 'function', 'fhir write', 'audit log', 'change', 'rule table', 'message done'];

/** Chains of twenty nodes, as large flows are: few crossings, names that repeat. */
export function largeFlow(idOf: (at: number) => string): readonly LargeNode[] {
  const tab = { id: 'tab', type: 'tab', label: 'Large', disabled: false, info: '', env: [] };
  return [
    tab,
    ...Array.from({ length: NODES - 1 }, (_, at): LargeNode => {
      const next = at % 20 === 19 || at === NODES - 2 ? [] : [idOf(at + 1)];
      const across = at % 50 === 0 && at + 30 < NODES - 1 ? [idOf(at + 30)] : [];
      return {
        id: idOf(at),
        type: TYPES[at % TYPES.length] ?? 'change',
        z: 'tab',
        name: `Step ${at % 400}`,
        func: `const value = msg.payload;\nif (value > ${at % 30}) return msg;\nreturn null;`,
        rules: [{ t: 'gte', v: String(at % 90), vt: 'num' }, { t: 'else' }],
        x: (at % 20) * 180,
        y: Math.floor(at / 20) * 60,
        wires: [[...next, ...across], []],
      };
    }),
  ];
}
