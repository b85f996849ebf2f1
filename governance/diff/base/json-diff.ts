/** Any JSON compared by its structure: objects by key, lists by what was put in, taken out or changed. */
import { editScript } from './edit-script.ts';
import { canonical, equalJson, field, isList, isObject, objectOf, type Json, type JsonObject } from './json.ts';

export type JsonDiff =
  | { readonly kind: 'value'; readonly before: Json; readonly after: Json }
  | { readonly kind: 'object'; readonly fields: readonly { readonly key: string; readonly change: FieldChange }[] }
  | { readonly kind: 'list'; readonly edits: readonly ListEdit[] };

export type FieldChange =
  { readonly kind: 'added'; readonly after: Json } | { readonly kind: 'removed'; readonly before: Json } | JsonDiff;

export type ListEdit =
  | { readonly kind: 'keep'; readonly count: number }
  | { readonly kind: 'removed'; readonly before: Json }
  | { readonly kind: 'added'; readonly after: Json }
  | { readonly kind: 'changed'; readonly change: JsonDiff };

/** One place that differs. Absent `before`: it was not there; absent `after`: it is not there any more. */
export interface Leaf {
  /** Keys and list positions; a position counts in `after`, that of something removed in `before`. */
  readonly path: readonly (string | number)[];
  readonly before?: Json;
  readonly after?: Json;
}

/** `null`: they mean the same. */
export function diffJson(before: Json, after: Json): JsonDiff | null {
  if (isObject(before) && isObject(after)) return diffObjects(before, after);
  if (isList(before) && isList(after)) return diffLists(before, after);
  return equalJson(before, after) ? null : { kind: 'value', before, after };
}

function diffObjects(before: JsonObject, after: JsonObject): JsonDiff | null {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  const fields = [...keys].toSorted().flatMap((key): { key: string; change: FieldChange }[] => {
    const [a, b] = [field(before, key), field(after, key)];
    if (a === undefined) return b === undefined ? [] : [{ key, change: { kind: 'added', after: b } }];
    if (b === undefined) return [{ key, change: { kind: 'removed', before: a } }];
    const change = diffJson(a, b);
    return change ? [{ key, change }] : [];
  });
  return fields.length > 0 ? { kind: 'object', fields } : null;
}

function diffLists(before: readonly Json[], after: readonly Json[]): JsonDiff | null {
  const script = editScript(before.map(canonical), after.map(canonical));
  const edits: ListEdit[] = [];
  let [atA, atB] = [0, 0];
  for (const [i, { kind, count }] of script.entries()) {
    if (kind === 'keep') {
      edits.push({ kind, count });
      atA += count;
      atB += count;
    } else if (kind === 'cut') {
      const next = script[i + 1];
      const put = next?.kind === 'put' ? next.count : 0;
      edits.push(...replaced(before.slice(atA, atA + count), after.slice(atB, atB + put)));
      atA += count;
      atB += put;
    } else if (script[i - 1]?.kind !== 'cut') {
      for (const item of after.slice(atB, atB + count)) edits.push({ kind: 'added', after: item });
      atB += count;
    }
  }
  return edits.some(({ kind }) => kind !== 'keep') ? { kind: 'list', edits } : null;
}

const MOST_PAIRED = 40_000;

/** Finds which of the new items are the old ones changed: the pairing, in order, that has most in common. */
function replaced(before: readonly Json[], after: readonly Json[]): readonly ListEdit[] {
  if (before.length * after.length > MOST_PAIRED)
    return [
      ...before.map((item): ListEdit => ({ kind: 'removed', before: item })),
      ...after.map((item): ListEdit => ({ kind: 'added', after: item })),
    ];
  const width = after.length + 1;
  const best = new Float64Array((before.length + 1) * width);
  const like = before.map((a) => after.map((b) => likeness(a, b)));
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--) {
      const pair = like[i]?.[j] ?? 0;
      const paired = pair > 0 ? pair + (best[(i + 1) * width + j + 1] ?? 0) : 0;
      best[i * width + j] = Math.max(paired, best[(i + 1) * width + j] ?? 0, best[i * width + j + 1] ?? 0);
    }
  const edits: ListEdit[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [a, b] = [before[i], after[j]];
    const here = best[i * width + j] ?? 0;
    if (
      a !== undefined &&
      b !== undefined &&
      here > (best[(i + 1) * width + j] ?? 0) &&
      here > (best[i * width + j + 1] ?? 0)
    ) {
      const change = diffJson(a, b);
      edits.push(change ? { kind: 'changed', change } : { kind: 'keep', count: 1 });
      i++;
      j++;
    } else if (a !== undefined && (b === undefined || here === (best[(i + 1) * width + j] ?? 0))) {
      edits.push({ kind: 'removed', before: a });
      i++;
    } else if (b !== undefined) {
      edits.push({ kind: 'added', after: b });
      j++;
    }
  }
  return edits;
}

/** 0: another thing. What bears the same id or name is the same thing whatever else changed. */
function likeness(a: Json, b: Json): number {
  if (!isObject(a) || !isObject(b)) return isObject(a) || isObject(b) || isList(a) !== isList(b) ? 0 : 0.1;
  for (const key of ['id', 'name']) {
    const [x, y] = [field(a, key), field(b, key)];
    if (x !== undefined && y !== undefined) return x === y ? 2 : 0;
  }
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  const same = [...keys].filter((key) => field(a, key) !== undefined && equalJson(field(a, key), field(b, key))).length;
  // Of one shape, such as the steps of a ladder: where nothing else speaks, the one was changed into the other.
  const oneShape = keys.size === Object.keys(a).length && keys.size === Object.keys(b).length;
  return oneShape ? 0.05 + same / keys.size : same * 2 >= keys.size ? same / keys.size : 0;
}

/** @throws TypeError where `before` is not what the diff was made from */
export function applyJson(before: Json, diff: JsonDiff | null): Json {
  if (diff === null) return before;
  if (diff.kind === 'value') return diff.after;
  if (diff.kind === 'list') return applyList(before, diff.edits);
  if (!isObject(before)) throw new TypeError('the diff is of an object');
  const changes = new Map(diff.fields.map(({ key, change }) => [key, change]));
  const entries: [string, Json][] = [];
  for (const [key, value] of Object.entries(before)) {
    const change = changes.get(key);
    if (!change) entries.push([key, value]);
    else if (change.kind !== 'removed' && change.kind !== 'added') entries.push([key, applyJson(value, change)]);
  }
  for (const [key, change] of changes) if (change.kind === 'added') entries.push([key, change.after]);
  return objectOf(entries);
}

function applyList(before: Json, edits: readonly ListEdit[]): Json {
  if (!isList(before)) throw new TypeError('the diff is of a list');
  const out: Json[] = [];
  let at = 0;
  for (const edit of edits) {
    if (edit.kind === 'added') out.push(edit.after);
    else if (edit.kind === 'keep') {
      out.push(...before.slice(at, at + edit.count));
      at += edit.count;
    } else {
      const item = before[at++];
      if (item === undefined) throw new TypeError('the diff is of a longer list');
      if (edit.kind === 'changed') out.push(applyJson(item, edit.change));
    }
  }
  return out;
}

/** Every place that differs, in order. */
export function leavesOf(diff: JsonDiff | null, path: readonly (string | number)[] = []): readonly Leaf[] {
  if (diff === null) return [];
  if (diff.kind === 'value') return [{ path, before: diff.before, after: diff.after }];
  if (diff.kind === 'object')
    return diff.fields.flatMap(({ key, change }): readonly Leaf[] => {
      const here = [...path, key];
      if (change.kind === 'added') return [{ path: here, after: change.after }];
      if (change.kind === 'removed') return [{ path: here, before: change.before }];
      return leavesOf(change, here);
    });
  const leaves: Leaf[] = [];
  let [atA, atB] = [0, 0];
  for (const edit of diff.edits) {
    if (edit.kind === 'removed') leaves.push({ path: [...path, atA], before: edit.before });
    if (edit.kind === 'added') leaves.push({ path: [...path, atB], after: edit.after });
    if (edit.kind === 'changed') leaves.push(...leavesOf(edit.change, [...path, atB]));
    const step = edit.kind === 'keep' ? edit.count : 1;
    if (edit.kind !== 'added') atA += step;
    if (edit.kind !== 'removed') atB += step;
  }
  return leaves;
}
