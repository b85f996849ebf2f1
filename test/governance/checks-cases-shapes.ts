/** Flows of a shape, for the cases of checks: loops, subflows, and a branch with a label. */
import { on, type Change } from '../kit/checked-definition.ts';

export function labelled(name: string): Change {
  return {
    first: 'sw',
    nodes: [
      on(
        'sw',
        'switch',
        { name, property: 'x', rules: [{ t: 'gte', v: '5.5', vt: 'num' }, { t: 'else' }], outputs: 2 },
        ['done'],
        ['done'],
      ),
    ],
  };
}

export function subflow(to: readonly string[]): Change {
  return {
    first: 'inst',
    nodes: [
      {
        id: 'sf',
        type: 'subflow',
        name: 'Sub',
        in: [{ wires: [{ id: 'inner' }] }],
        out: [{ wires: [{ id: 'inner', port: 0 }] }],
      },
      { id: 'inner', type: 'change', z: 'sf', x: 1, y: 1, wires: [[]] },
      on('inst', 'subflow:sf', {}, to),
    ],
  };
}

/** Each subflow has two instances of the next. */
export function nested(depth: number): Change {
  const levels = Array.from({ length: depth }, (_, i) => [
    { id: `sf${i}`, type: 'subflow', in: [{ wires: [{ id: `a${i}` }] }], out: [{ wires: [{ id: `a${i}`, port: 0 }] }] },
    ...['a', 'b'].map((half) => ({
      id: `${half}${i}`,
      type: i + 1 < depth ? `subflow:sf${i + 1}` : 'change',
      z: `sf${i}`,
      wires: [[]],
    })),
  ]);
  return { first: 'inst', nodes: [...levels.flat(), on('inst', 'subflow:sf0', {}, ['done'])] };
}

export function loop(type: string, settings: Record<string, unknown> = {}): Change {
  return {
    first: 'sw',
    nodes: [
      on('sw', 'switch', { property: 'x', rules: [{ t: 'true' }, { t: 'else' }], outputs: 2 }, ['back'], ['done']),
      on('back', type, settings, ['sw']),
    ],
  };
}

export function linkLoop(target: string): Change {
  return {
    first: 'sw',
    nodes: [
      on('a-in', 'link in', {}, ['sw']),
      on('b-in', 'link in', {}, ['done']),
      on('sw', 'switch', { property: 'x', rules: [{ t: 'true' }, { t: 'else' }], outputs: 2 }, ['lo'], ['done']),
      on('lo', 'link out', { mode: 'link', links: [target] }),
    ],
  };
}
