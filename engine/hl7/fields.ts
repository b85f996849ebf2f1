import { tryPath } from './path.ts';
import type { Hl7Source } from './source.ts';

/** The values of one segment under their paths: `{ segment: 'OBX', 'OBX-3.1': '2823-3', … }`; empty ones are left out. */
export type Hl7Row = Readonly<Record<string, string>>;

/**
 * Reading by property, for places that cannot call methods (JSONata, a switch node's property):
 * `fields['PID-5.1']` is a value ('' where there is none), `fields.OBX` the rows of all OBX segments (undefined without one).
 */
export interface Hl7Fields {
  readonly [pathOrSegment: string]: string | readonly Hl7Row[] | undefined;
}

const SEGMENT = /^[A-Z][A-Z0-9]{2}$/;

/**
 * Node-RED's cloner passes on by reference what has a tag it does not know; the source is immutable, so that is right.
 * JSONata looks at own properties only, hence `getOwnPropertyDescriptor`.
 */
const handler: ProxyHandler<Hl7Source> = {
  get(source, key) {
    if (key === Symbol.toStringTag) return 'Hl7Fields';
    if (typeof key !== 'string') return undefined;
    return key === 'toJSON' ? () => rowsOf(source, false) : lookUp(source, key);
  },
  has: (source, key) => typeof key === 'string' && lookUp(source, key) !== undefined,
  getOwnPropertyDescriptor(source, key) {
    const value = typeof key === 'string' ? lookUp(source, key) : undefined;
    return value === undefined ? undefined : { value, enumerable: true, configurable: true, writable: false };
  },
  ownKeys: () => [],
  getPrototypeOf: () => Object.prototype,
  set(_source, key) {
    throw new TypeError(`fields are for reading; use msg.payload.set('${String(key).slice(0, 40)}', value)`);
  },
  defineProperty: () => false,
  deleteProperty: () => false,
};

export function fieldsOf(source: Hl7Source): Hl7Fields {
  return new Proxy(source, handler) as unknown as Hl7Fields;
}

function lookUp(source: Hl7Source, key: string): string | readonly Hl7Row[] | undefined {
  const path = tryPath(key);
  if (path) {
    const at = source.find(path.segment, path.occurrence || 1);
    return at < 0 ? '' : source.read(at, path.field, path.repetition, path.component, path.subcomponent);
  }
  const rows = SEGMENT.test(key) ? rowsOf(source, true, key) : [];
  return rows.length > 0 ? rows : undefined;
}

/**
 * All segments as rows. `everyName` adds the shorter names of a first part (`OBX-3` beside `OBX-3.1`, and `OBX-8.1`
 * beside `OBX-8`), so that a row answers to whichever a flow uses.
 */
export function rowsOf(source: Hl7Source, everyName: boolean, only?: string): Hl7Row[] {
  const rows: Hl7Row[] = [];
  for (let at = 0; source.segment(at); at++) {
    const name = source.nameOf(at);
    if (only === undefined || name === only) rows.push(rowOf(source, at, name, everyName));
  }
  return rows;
}

function rowOf(source: Hl7Source, at: number, name: string, everyName: boolean): Hl7Row {
  const row: Record<string, string> = { segment: name };
  const { component, subcomponent, repetition } = source.delimiters;
  const add = (key: string, value: string): void => {
    if (value !== '') row[key] ??= value;
  };
  for (let field = 1, span = source.field(at, 1); span; span = source.field(at, ++field)) {
    const path = `${name}-${field}`;
    if (source.isOpaque(at, field)) {
      add(path, source.text.slice(span.from, span.to));
      continue;
    }
    for (const [r, whole] of parts(source, span, repetition)) {
      const there = r === 1 ? path : `${path}[${r}]`;
      const components = parts(source, whole, component);
      for (const [c, part] of components) {
        const subcomponents = parts(source, part, subcomponent);
        for (const [s, leaf] of subcomponents) {
          const value = source.readable(leaf);
          if (subcomponents.length > 1) add(`${there}.${c}.${s}`, value);
          if (s === 1 && (everyName || (components.length > 1 && subcomponents.length === 1)))
            add(`${there}.${c}`, value);
          if (s === 1 && c === 1 && (everyName || (components.length === 1 && subcomponents.length === 1)))
            add(there, value);
        }
      }
    }
  }
  return row;
}

type Part = readonly [number: number, span: { readonly from: number; readonly to: number }];

function parts(source: Hl7Source, span: { from: number; to: number }, separator: string): Part[] {
  const found: Part[] = [];
  const { text } = source;
  let { from } = span;
  for (let number = 1; ; number++) {
    const at = separator === '' ? -1 : text.slice(from, span.to).indexOf(separator);
    found.push([number, { from, to: at < 0 ? span.to : from + at }]);
    if (at < 0) return found;
    from += at + 1;
  }
}
