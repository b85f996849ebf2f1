import type { JsonPatchStep } from '../endpoint.ts';
import { isFailure, isSame, permittedFor, within, type Minimised, type SendLists } from './minimise.ts';
import { permittedIn, type Permitted } from './send-list.ts';

const ALWAYS = new Set(['id', 'meta']);

/** The steps that both lists permit: of an element that they do not permit none is sent, not even a `test` or a `remove`. */
export function minimisePatch(
  type: string,
  steps: readonly JsonPatchStep[],
  lists: SendLists,
): Minimised<readonly JsonPatchStep[]> {
  const permitted = permittedFor(lists, type);
  if (isFailure(permitted)) return { kind: 'refused', failure: permitted };
  const removed = new Set<string>();
  const note = (path: readonly string[]): void => void removed.add(placeOf(type, path));
  const value = steps.flatMap((step) => {
    const path = namesIn(step.path);
    const inner = permittedAt(permitted, path);
    const from = 'from' in step ? permittedAt(permitted, namesIn(step.from)) : 'all';
    if (inner === undefined || from !== 'all') {
      note(path);
      return [];
    }
    if (inner === 'all') return [step];
    // A part of the element is permitted: what is put there is put there without the rest, and it is not moved or removed whole.
    if (!('value' in step) || step.op === 'test') {
      note(path);
      return [];
    }
    const less = pruned(step.value, inner, placeOf(type, path), removed);
    return [isSame(less, step.value) ? step : { ...step, value: less }];
  });
  return { kind: 'minimised', value, removed: [...removed].toSorted() };
}

/** Element names of a JSON Pointer (RFC 6901), without the places in lists. */
function namesIn(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .filter((part) => !/^(?:\d+|-)$/.test(part));
}

const placeOf = (type: string, path: readonly string[]): string =>
  [type, ...path.map((name) => (/^_?[A-Za-z][A-Za-z0-9]{0,63}$/.test(name) ? name : '(no element)'))].join('.');

/** The whole resource (`""`) is never permitted where not everything is. */
function permittedAt(permitted: Permitted, path: readonly string[]): Permitted | undefined {
  if (permitted !== 'all' && path.length === 0) return undefined;
  if (ALWAYS.has(path[0] ?? '')) return 'all';
  return path.reduce<Permitted | undefined>(
    (inner, name) => (inner === undefined ? undefined : permittedIn(inner, name)),
    permitted,
  );
}

function pruned(value: unknown, permitted: Permitted, path: string, removed: Set<string>): unknown {
  if (Array.isArray(value)) return value.map((one) => pruned(one, permitted, path, removed));
  if (typeof value !== 'object' || value === null) return value;
  return within(value as Record<string, unknown>, undefined, permitted, path, removed);
}
