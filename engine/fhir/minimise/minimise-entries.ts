import type { FhirResource, JsonPatchStep } from '../endpoint.ts';
import type { Send } from '../look-up.ts';
import { withNumbersOf } from '../exact-numbers.ts';
import { wrongPart } from '../names.ts';
import type { Failure } from '../../store/contract/index.ts';
import { isFailure, minimise, permittedFor, type Minimised, type SendLists } from './minimise.ts';
import { minimisePatch } from './minimise-patch.ts';

/**
 * The entries of a transaction as they may be sent. Of what an entry replaces, the present state is read first: what may not
 * be sent stays as it is there, and so do decimals that were not changed. An entry that cannot be read here is refused by whoever prepares the transaction.
 */
export async function minimiseEntries(bundle: FhirResource, lists: SendLists, send: Send): Promise<Minimised> {
  const given: unknown = bundle['entry'];
  if (!Array.isArray(given) || (!lists.sends && !lists.allow)) return { kind: 'minimised', value: bundle, removed: [] };
  const removed = new Set<string>();
  const entry: unknown[] = [];
  for (const one of given) {
    const less = await minimiseEntry(one, lists, send);
    if (less.kind === 'refused') return less;
    for (const name of less.removed) removed.add(name);
    entry.push(less.value);
  }
  return { kind: 'minimised', value: { ...bundle, entry }, removed: [...removed].toSorted() };
}

async function minimiseEntry(entry: unknown, lists: SendLists, send: Send): Promise<Minimised<unknown>> {
  const untouched = { kind: 'minimised', value: entry, removed: [] } as const;
  if (!isRecord(entry) || !isRecord(entry['request'])) return untouched;
  const { resource, request } = entry;
  const [type = '', id = ''] = typeof request['url'] === 'string' ? request['url'].split('/') : [];
  if (request['method'] === 'DELETE') {
    const permitted = permittedFor(lists, type);
    return isFailure(permitted) ? { kind: 'refused', failure: permitted } : untouched;
  }
  if (!isResource(resource)) return untouched;
  if (request['method'] === 'PATCH') {
    const steps = stepsIn(resource);
    if (!steps) return untouched;
    const less = minimisePatch(type, steps, lists);
    if (less.kind === 'refused') return less;
    const data = Buffer.from(JSON.stringify(less.value)).toString('base64');
    return { ...less, value: { ...entry, resource: { ...resource, data } } };
  }
  const current = request['method'] === 'PUT' && !wrongPart({ type, id }) ? await currentOf(type, id, send) : undefined;
  if (current && 'failure' in current) return { kind: 'refused', failure: current.failure };
  const less = minimise(resource, lists, current?.resource);
  if (less.kind === 'refused') return less;
  const exact = current ? withNumbersOf(current.resource, less.value) : less.value;
  return { ...less, value: { ...entry, resource: exact } };
}

type Current = { readonly failure: Failure } | { readonly resource: FhirResource } | undefined;

async function currentOf(type: string, id: string, send: Send): Promise<Current> {
  const read = await send({ kind: 'read', type, method: 'GET', path: `/${type}/${id}`, toChange: true });
  if (!read.ok) return { failure: read.failure };
  return read.answer.resource ? { resource: read.answer.resource } : undefined;
}

/** Of a JSON Patch in a transaction: a Binary (R4 3.1.0.11.2). */
function stepsIn(resource: FhirResource): readonly JsonPatchStep[] | undefined {
  const { data } = resource;
  if (resource.resourceType !== 'Binary' || typeof data !== 'string') return undefined;
  try {
    const steps: unknown = JSON.parse(Buffer.from(data, 'base64').toString('utf8'));
    return Array.isArray(steps) && steps.every(isStep) ? steps : undefined;
  } catch {
    return undefined;
  }
}

const isStep = (step: unknown): step is JsonPatchStep =>
  isRecord(step) && typeof step['op'] === 'string' && typeof step['path'] === 'string';

const isResource = (value: unknown): value is FhirResource =>
  isRecord(value) && typeof value['resourceType'] === 'string';

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
