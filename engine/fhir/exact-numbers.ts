/**
 * Decimals as the server wrote them. FHIR decimals have a precision (R4 2.24.0.1: 5.10 is not 5.1), and a JavaScript number
 * has none: what is read, changed elsewhere and written back must not lose it. So a number that is still what was read is
 * written as it was read; a number that was changed is written as it is.
 */
import type { FhirResource } from './endpoint.ts';

/** ES2026 "JSON.parse source text access", in Node.js since 21; not in TypeScript's library yet. */
interface SourceJson {
  rawJSON(text: string): object;
  isRawJSON(value: unknown): value is { readonly rawJSON: string };
  parse(text: string, reviver: Reviver): unknown;
}
type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;
const json = JSON as unknown as SourceJson;

/** No resource nests as deep; each level of lists is compared as text, which would take the square of it. */
const DEEPEST = 64;

/** With each resource that was read to be changed, the same with its numbers as they stood there. */
const exact = new WeakMap<FhirResource, unknown>();

export function rememberNumbers(resource: FhirResource, text: string): void {
  exact.set(
    resource,
    json.parse(text, (_key, value, { source }) =>
      typeof value === 'number' && source !== undefined && source !== String(value) ? json.rawJSON(source) : value,
    ),
  );
}

/** `changed`, whose unchanged numbers are written as they stood in `current`. Only for writing: numbers are no numbers in it. */
export function withNumbersOf(current: FhirResource, changed: FhirResource): FhirResource {
  const known = exact.get(current);
  return known === undefined ? changed : (restored(changed, known, 0) as FhirResource);
}

function restored(value: unknown, known: unknown, depth: number): unknown {
  if (depth > DEEPEST) return value;
  if (typeof value === 'number') {
    return json.isRawJSON(known) && Number(known.rawJSON) === value ? known : value;
  }
  if (Array.isArray(value)) return Array.isArray(known) ? restoredList(value, known, depth + 1) : value;
  if (typeof value !== 'object' || value === null || json.isRawJSON(value)) return value;
  if (typeof known !== 'object' || known === null || Array.isArray(known)) return value;
  const there = known as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      Object.hasOwn(there, name) ? restored(one, there[name], depth + 1) : one,
    ]),
  );
}

/** Entries that came or went move the others: each is first looked for as it was, then at its place. */
function restoredList(list: readonly unknown[], known: readonly unknown[], depth: number): readonly unknown[] {
  if (!hasRaw(known, depth)) return list;
  const free = new Map<string, { readonly all: unknown[]; next: number }>();
  for (const one of known) {
    const says = plainText(one);
    const same = free.get(says);
    if (same) same.all.push(one);
    else free.set(says, { all: [one], next: 0 });
  }
  return list.map((one, i) => {
    const same = free.get(JSON.stringify(one));
    return restored(one, (same && same.all[same.next++]) ?? known[i], depth);
  });
}

function hasRaw(value: unknown, depth: number): boolean {
  if (json.isRawJSON(value)) return true;
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return false;
  return Object.values(value).some((one) => hasRaw(one, depth + 1));
}

/** The text that `JSON.stringify` gives of the same once its numbers are numbers. */
function plainText(known: unknown): string {
  return JSON.stringify(JSON.parse(JSON.stringify(known)));
}
