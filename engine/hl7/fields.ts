import { SEGMENT_NAME, tryPath } from './path.ts';
import type { Hl7Source, Span } from './source.ts';

/** The values of one segment under their paths: `{ segment: 'OBX', 'OBX-3.1': '2823-3', … }`; empty ones are left out. */
export type Hl7Row = Readonly<Record<string, string>>;

/**
 * Reading by property, for places that cannot call methods (JSONata, a switch node's property):
 * `fields['PID-5.1']` is a value ('' where there is none), `fields.OBX` the rows of all OBX segments (undefined without one).
 */
export interface Hl7Fields {
  readonly [pathOrSegment: string]: string | readonly Hl7Row[] | undefined;
}

/** What people are shown of one message: more than any real one has, and what a browser can show. */
export const MOST_SHOWN = { segments: 5000, values: 20_000 } as const;

/**
 * Node-RED's cloner passes on by reference what has a tag it does not know; the source is immutable, so that is right.
 * JSONata looks at own properties only, hence `getOwnPropertyDescriptor`.
 */
const handler: ProxyHandler<Hl7Source> = {
  get(source, key) {
    if (key === Symbol.toStringTag) return 'Hl7Fields';
    if (typeof key !== 'string') return undefined;
    return key === 'toJSON' ? () => rowsOf(source, false, { most: MOST_SHOWN }).rows : lookUp(source, key);
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
  const rows = SEGMENT_NAME.test(key) ? rowsOf(source, true, { only: key }).rows : [];
  return rows.length > 0 ? rows : undefined;
}

export interface RowLimits {
  /** Segments of this name alone. */
  readonly only?: string;
  readonly most?: { readonly segments: number; readonly values: number };
}

/**
 * All segments as rows. `everyName` adds the shorter names of a first part (`OBX-3` beside `OBX-3.1`, and `OBX-8.1`
 * beside `OBX-8`), so that a row answers to whichever a flow uses.
 */
export function rowsOf(
  source: Hl7Source,
  everyName: boolean,
  { only, most }: RowLimits = {},
): { rows: Hl7Row[]; truncated: boolean } {
  const rows: Hl7Row[] = [];
  const left = { values: most?.values ?? Infinity };
  for (let at = 0; source.segment(at); at++) {
    const name = source.nameOf(at);
    if (only !== undefined && name !== only) continue;
    if (left.values <= 0 || rows.length === most?.segments) return { rows, truncated: true };
    rows.push(rowOf(source, at, name, everyName, left));
  }
  return { rows, truncated: left.values <= 0 };
}

function rowOf(source: Hl7Source, at: number, name: string, everyName: boolean, left: { values: number }): Hl7Row {
  const row: Record<string, string> = { segment: name };
  const { component, subcomponent, repetition } = source.delimiters;
  const add = (key: string, value: string): void => {
    if (value !== '') row[key] ??= value;
  };
  let field = 0;
  for (const span of source.fields(at)) {
    const path = `${name}-${++field}`;
    if (source.isOpaque(at, field)) {
      add(path, source.plain(span.from, span.to));
      continue;
    }
    let r = 0;
    for (const whole of source.parts(span, repetition)) {
      const there = ++r === 1 ? path : `${path}[${r}]`;
      const severalComponents = holds(source, whole, component);
      let c = 0;
      for (const part of source.parts(whole, component)) {
        c++;
        const severalSubcomponents = holds(source, part, subcomponent);
        let s = 0;
        for (const leaf of source.parts(part, subcomponent)) {
          s++;
          if (left.values <= 0) return row;
          // Empty parts count as well: it is the walk that is limited.
          left.values--;
          const value = source.readable(leaf);
          if (severalSubcomponents) add(`${there}.${c}.${s}`, value);
          if (s === 1 && (everyName || (severalComponents && !severalSubcomponents))) add(`${there}.${c}`, value);
          if (s === 1 && c === 1 && (everyName || !(severalComponents || severalSubcomponents))) add(there, value);
        }
      }
    }
  }
  return row;
}

function holds(source: Hl7Source, { from, to }: Span, separator: string): boolean {
  return separator !== '' && source.text.slice(from, to).includes(separator);
}
