/** Search of R4 (3.1.1), as much as a workflow engine asks for: tokens, references, _id, _lastUpdated, _count, _sort, pages. */
import { isRecord, type Resource } from './exact-json.ts';
import type { Records, Version } from './records.ts';
import { Refusal } from './reply.ts';

/** Search parameters that have another name than their element. */
const ELEMENTS: Readonly<Record<string, readonly string[]>> = {
  patient: ['patient', 'subject', 'for'],
  subject: ['subject', 'for'],
  date: ['effectiveDateTime', 'date', 'recorded'],
  criteria: ['criteria'],
  url: ['url'],
  target: ['target'],
};
const CONTROL = new Set(['_count', '_sort', '_page', '_total', '_format', '_summary', '_elements']);

export interface Found {
  readonly total: number;
  readonly page: readonly Version[];
  /** Query of the next page; `null`: this is the last. */
  readonly next: string | null;
}

export function search(records: Records, type: string, query: URLSearchParams, defaultCount: number): Found {
  const matching = records.searchable(type).filter(({ resource }) => resource && matches(resource, query));
  const sort = query.get('_sort');
  if (sort !== null && !/^-?_(lastUpdated|id)$/.test(sort)) throw new Refusal(400, 'not-supported');
  const sorted = sort?.endsWith('_lastUpdated') ? matching.toSorted((a, b) => a.at - b.at) : matching;
  return paged(sort?.startsWith('-') ? sorted.toReversed() : sorted, query, defaultCount);
}

/** One page by `_count` and `_page`. Pages are cut anew each time: what is written between two of them moves the rest. */
export function paged(all: readonly Version[], query: URLSearchParams, defaultCount: number): Found {
  const count = Math.max(1, Number(query.get('_count') ?? defaultCount));
  const page = Number(query.get('_page') ?? 0);
  const more = new URLSearchParams(query);
  more.set('_page', String(page + 1));
  const next = (page + 1) * count < all.length ? more.toString() : null;
  return { total: all.length, page: all.slice(page * count, (page + 1) * count), next };
}

export function matches(resource: Resource, query: URLSearchParams): boolean {
  return [...query].every(([name, value]) => CONTROL.has(name) || matchesOne(resource, name, value));
}

function matchesOne(resource: Resource, given: string, value: string): boolean {
  const [name = '', modifier] = given.split(':');
  const wanted = split(value, ',');
  if (name === '_id') return wanted.includes(String(resource['id']));
  if (name === '_lastUpdated') return wanted.some((one) => updated(resource, one));
  if (name === '_tag') return wanted.some((one) => has(metaOf(resource)['tag'], one));
  if (name.startsWith('_') || modifier === 'exact') throw new Refusal(400, 'not-supported');
  if (name === 'url' && isRecord(resource['channel'])) return wanted.includes(String(resource['channel']['endpoint']));
  const elements = ELEMENTS[name] ?? [name];
  const found = wanted.some((one) => elements.some((element) => has(resource[element], one)));
  return modifier === 'not' ? !found : found;
}

const metaOf = (resource: Resource): Readonly<Record<string, unknown>> =>
  isRecord(resource['meta']) ? resource['meta'] : {};

function updated(resource: Resource, given: string): boolean {
  const [, prefix = 'eq', date = ''] = /^(eq|ne|gt|ge|lt|le)?(.*)$/.exec(given) ?? [];
  const [at, wanted] = [Date.parse(String(metaOf(resource)['lastUpdated'])), Date.parse(date)];
  if (Number.isNaN(wanted)) throw new Refusal(400, 'value');
  const order = Math.sign(at - wanted);
  const right = { eq: [0], ne: [-1, 1], gt: [1], ge: [0, 1], lt: [-1], le: [-1, 0] }[prefix] ?? [];
  return right.includes(order);
}

/** A token (R4 3.1.1.4.10), a reference, or plain text, against whatever the element holds. */
function has(element: unknown, wanted: string): boolean {
  if (Array.isArray(element)) return element.some((one) => has(one, wanted));
  if (typeof element === 'string') return element === unescaped(wanted);
  if (!isRecord(element)) return JSON.stringify(element) === wanted;
  if ('coding' in element) return has(element['coding'], wanted);
  if (typeof element['reference'] === 'string') {
    const reference = element['reference'];
    return reference === wanted || reference.endsWith(`/${wanted}`);
  }
  const parts = split(wanted, '|').map(unescaped);
  const code = element['value'] ?? element['code'];
  if (parts.length === 1) return code === parts[0];
  const [system = '', value = ''] = parts;
  return (system === '' || element['system'] === system) && (value === '' || code === value);
}

/** At separators that no backslash stands before (R4 3.1.1.4.0.1). */
function split(text: string, separator: ',' | '|'): readonly string[] {
  const parts = [''];
  for (let i = 0; i < text.length; i++) {
    const at = text.charAt(i);
    if (at === separator) parts.push('');
    else parts[parts.length - 1] += at === '\\' && i + 1 < text.length ? at + text.charAt(++i) : at;
  }
  return parts;
}

const unescaped = (text: string): string => text.replaceAll(/\\(.)/g, '$1');
