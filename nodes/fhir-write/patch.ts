/**
 * From the steps of a form or an expression to a JSON Patch of what is there now. It is made of what was just read, so that it can be
 * made again: a step that holds already is left out, and one that cannot hold refuses the whole. Pure.
 */
import type { FhirResource, JsonPatchStep } from '../../engine/index.ts';
import { placeOf, type PatchStep } from './patch-step.ts';
import { same } from './resource.ts';

/** A step with its value: JSON; ignored by `remove`. */
export interface Wanted {
  readonly do: PatchStep['do'];
  readonly path: string;
  readonly value: unknown;
}

type Repeatable = Exclude<JsonPatchStep, { readonly op: 'move' | 'copy' }>;

/** Why a patch is refused: the step, from 1, whose place is not there, or whose test does not hold. */
export interface Refused {
  readonly step: number;
  readonly why: 'no-place' | 'differs';
}

export type Patch = { readonly steps: readonly JsonPatchStep[] } | { readonly refused: Refused };

/** What is there, as far as a step needs it, and after the steps before. */
export function patchOf(current: FhirResource, wanted: readonly Wanted[]): Patch {
  const now = structuredClone(current);
  const steps: Repeatable[] = [];
  for (const [at, step] of wanted.entries()) {
    const keys = placeOf(step.path);
    const made = keys && stepsOf(now, keys, step);
    if (made === undefined || made === 'differs')
      return { refused: { step: at + 1, why: made === 'differs' ? 'differs' : 'no-place' } };
    for (const one of made) {
      steps.push(one);
      take(now, one);
    }
  }
  // A test alone writes nothing.
  return { steps: steps.every(({ op }) => op === 'test') ? [] : steps };
}

/** `undefined`: there is no such place. */
function stepsOf(
  now: object,
  keys: readonly (string | number)[],
  { do: what, value }: Wanted,
): readonly Repeatable[] | 'differs' | undefined {
  const path = pointer(keys);
  const there = find(now, keys);
  if (there === 'no-place') return what === 'remove' ? [] : undefined;
  const { depth, present, held } = there;
  switch (what) {
    case 'test':
      return present && same(held, value) ? [{ op: 'test', path, value }] : 'differs';
    case 'remove':
      return present ? [{ op: 'remove', path }] : [];
    case 'set':
      if (present) return same(held, value) ? [] : [{ op: 'replace', path, value }];
      return [addition(keys, depth, value)];
    case 'append':
      if (!present) return [addition(keys, depth, [value])];
      if (!Array.isArray(held)) return undefined;
      return held.some((one) => same(one, value)) ? [] : [{ op: 'add', path: `${path}/-`, value }];
    default:
      return what satisfies never;
  }
}

/** With what is missing above it: R4 JSON has no empty objects or lists, so a parent comes with its first child. */
function addition(keys: readonly (string | number)[], depth: number, value: unknown): Repeatable {
  const inner = keys
    .slice(depth + 1)
    .toReversed()
    .reduce((made, key) => (typeof key === 'number' ? [made] : { [key]: made }), value);
  return { op: 'add', path: pointer(keys.slice(0, depth + 1)), value: inner };
}

interface There {
  /** How many keys lead to something that is there. */
  readonly depth: number;
  readonly present: boolean;
  readonly held: unknown;
}

function find(root: object, keys: readonly (string | number)[]): There | 'no-place' {
  let held: unknown = root;
  for (const [depth, key] of keys.entries()) {
    if (Array.isArray(held)) {
      // One past the end is a new last one; further out would leave a hole.
      if (typeof key !== 'number' || key > held.length) return 'no-place';
      if (key === held.length) return nothingFrom(keys, depth);
      held = held[key];
    } else {
      if (typeof held !== 'object' || held === null || typeof key === 'number') return 'no-place';
      if (!Object.hasOwn(held, key)) return nothingFrom(keys, depth);
      held = (held as Readonly<Record<string, unknown>>)[key];
    }
  }
  return { depth: keys.length, present: true, held };
}

/** A list that is not there begins with its first. */
const nothingFrom = (keys: readonly (string | number)[], depth: number): There | 'no-place' =>
  keys.slice(depth + 1).some((key) => typeof key === 'number' && key !== 0)
    ? 'no-place'
    : { depth, present: false, held: undefined };

/** Does to the copy what the server will do. */
function take(root: object, step: Repeatable): void {
  if (step.op === 'test') return;
  const keys = step.path.slice(1).split('/');
  const last = keys.pop() ?? '';
  let parent: unknown = root;
  for (const key of keys) parent = (parent as Readonly<Record<string, unknown>>)[key];
  if (Array.isArray(parent)) {
    if (step.op === 'remove') parent.splice(Number(last), 1);
    else if (last === '-') parent.push(step.value);
    else parent[Number(last)] = step.value;
  } else if (step.op === 'remove') delete (parent as Record<string, unknown>)[last];
  else (parent as Record<string, unknown>)[last] = step.value;
}

const pointer = (keys: readonly (string | number)[]): string => `/${keys.join('/')}`;

/** Steps of RFC 6902, as an expression gives them; `undefined`: they are none, or cannot be repeated (`move`, `copy`). */
export function wantedOf(given: unknown): readonly Wanted[] | undefined {
  const list = Array.isArray(given) ? given : [given];
  if (list.length === 0 || list.length > 100) return undefined;
  const wanted = list.map((step: unknown): Wanted | undefined => {
    const { op, path, value } = (step ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof path !== 'string') return undefined;
    const end = path.endsWith('/-');
    const place = end ? path.slice(0, -2) : path;
    if (placeOf(place) === undefined) return undefined;
    if (op === 'remove' && !end) return { do: 'remove', path: place, value: null };
    if (value === undefined || value === null) return undefined;
    if (op === 'add' && end) return { do: 'append', path: place, value };
    if (end) return undefined;
    if (op === 'test') return { do: 'test', path: place, value };
    // At an index "add" inserts, which a repeat would do once more.
    if (op === 'add' && /\/\d+$/.test(place)) return undefined;
    return op === 'add' || op === 'replace' ? { do: 'set', path: place, value } : undefined;
  });
  return wanted.every((step) => step !== undefined) ? wanted : undefined;
}
