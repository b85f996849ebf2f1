/**
 * Transactions (R4 3.1.0.11) that can be looked up: each entry that creates carries our identifier with its place, each that
 * changes a version. So a repeat makes nothing twice and overwrites nothing unseen.
 */
import { failureOf } from './classify.ts';
import { contains } from './contains.ts';
import type { FhirResource, FhirResult } from './endpoint.ts';
import { fhirErrors } from './errors.ts';
import { identifierQuery, withIdentifier, type OurIdentifier } from './identifier.ts';
import { lookUp, type Send } from './look-up.ts';
import { withRemoved, type SendLists } from './minimise/minimise.ts';
import { minimiseEntries } from './minimise/minimise-entries.ts';
import { isType, wrongPart } from './names.ts';
import { versionTag } from './version-tag.ts';

const MOST_ENTRIES = 1_000;
const VERSION_TAG = /^W\/"[A-Za-z0-9.-]{1,64}"$/;

interface Creating {
  readonly kind: 'create';
  readonly type: string;
  readonly identifier: OurIdentifier;
}

interface Changing {
  readonly kind: 'change';
  readonly type: string;
  readonly id: string;
  /** Written over `ifMatch`; `null`: deleted; absent: patched. */
  readonly resource?: FhirResource | null;
  readonly ifMatch: string;
}

interface Prepared {
  readonly bundle: FhirResource;
  readonly entries: readonly (Creating | Changing)[];
}

export async function transact(
  endpoint: string,
  bundle: FhirResource,
  key: OurIdentifier,
  { lookFirst, lists }: { readonly lookFirst: boolean; readonly lists: SendLists },
  send: Send,
): Promise<FhirResult> {
  // Before anything is asked of the server.
  const wrong = prepare(bundle, key);
  if (typeof wrong === 'string') return failed('fhir-transaction-invalid', { reason: wrong });
  const less = await minimiseEntries(bundle, lists, send);
  if (less.kind === 'refused') return { ok: false, failure: less.failure };
  const prepared = prepare(less.value, key);
  if (typeof prepared === 'string') return failed('fhir-transaction-invalid', { reason: prepared });
  return withRemoved(await sendPrepared(endpoint, prepared, lookFirst, send), less.removed);
}

async function sendPrepared(endpoint: string, prepared: Prepared, lookFirst: boolean, send: Send): Promise<FhirResult> {
  const { entries } = prepared;
  if (lookFirst) {
    const found = await findAll(entries, send);
    if ('failed' in found) return found.failed;
    if (found.isDone) return found.result;
    if (found.there > 0) return failed('fhir-transaction-torn', { endpoint, there: found.there, all: found.all });
  }
  const headers = { prefer: 'return=representation' };
  const type = 'Bundle';
  const sent = await send({ kind: 'write', type, method: 'POST', path: '', body: prepared.bundle, headers });
  if (sent.ok && answersAll(sent.answer.resource, entries.length)) return sent;
  const lost = sent.ok ? failed('fhir-answer-lost', { endpoint, cause: 'no response Bundle' }) : sent;
  if (lost.ok || (lost.failure.class !== 'ambiguous' && lost.failure.code !== 'fhir-conflict')) return lost;
  // Some there and some not may be an index that is late: whoever tries again looks again.
  const found = await findAll(entries, send);
  return !('failed' in found) && found.isDone ? found.result : lost;
}

type Found =
  | { readonly failed: FhirResult }
  | { readonly isDone: boolean; readonly there: number; readonly all: number; readonly result: FhirResult };

/** Asks for everything that the transaction creates; where it creates nothing, whether what it changes is as it wants it. */
async function findAll(entries: readonly (Creating | Changing)[], send: Send): Promise<Found> {
  const creates = entries.filter((entry) => entry.kind === 'create');
  const each = new Map<Creating | Changing, FhirResult>();
  for (const entry of creates.length > 0 ? creates : entries) {
    const looked = await (entry.kind === 'create' ? lookUp(entry.type, entry.identifier, send) : changed(entry, send));
    if (looked === 'none') continue;
    if (!looked.ok) return { failed: looked };
    each.set(entry, looked);
  }
  const isDone = each.size === (creates.length || entries.length);
  const answer = { status: 200, resource: responseOf(entries, each), etag: null, location: null };
  // Of changes none counts as there: one that is not may be somebody else's since.
  return { isDone, there: creates.length > 0 ? each.size : 0, all: creates.length, result: { ok: true, answer } };
}

/** The resource where it is as the entry wants it, and no more the version that the entry was made from. */
async function changed({ type, id, resource, ifMatch }: Changing, send: Send): Promise<FhirResult | 'none'> {
  const read = await send({ kind: 'read', type, method: 'GET', path: `/${type}/${id}` });
  const absent = !read.ok && (read.failure.code === 'fhir-gone' || read.failure.code === 'fhir-not-found');
  if (absent) return resource === null ? { ok: true, answer: { ...ABSENT, status: 204 } } : 'none';
  if (!read.ok) return read;
  const { etag, resource: current } = read.answer;
  if (!resource || !current || (etag ?? versionTag(current)) === ifMatch) return 'none';
  const { meta: _, ...wanted } = resource;
  // Numbers that are written as they stood are no numbers here.
  return contains(current, JSON.parse(JSON.stringify(wanted))) ? read : 'none';
}

const ABSENT = { resource: null, etag: null, location: null };

function responseOf(entries: readonly (Creating | Changing)[], each: ReadonlyMap<object, FhirResult>): FhirResource {
  const entry = entries.map((one) => {
    const found = each.get(one);
    if (!found?.ok) return { response: { status: '200' } };
    const { resource, etag, location } = found.answer;
    return {
      ...(resource && { resource }),
      response: { status: '200', ...(etag && { etag }), ...(location && { location }) },
    };
  });
  return { resourceType: 'Bundle', type: 'transaction-response', entry };
}

function answersAll(resource: FhirResource | null, count: number): boolean {
  const entry = resource?.['entry'];
  return resource?.resourceType === 'Bundle' && Array.isArray(entry) && entry.length === count;
}

/** What is sent; or why nothing is, as the end of a sentence. */
function prepare(bundle: FhirResource, key: OurIdentifier): Prepared | string {
  if (bundle.resourceType !== 'Bundle' || bundle['type'] !== 'transaction')
    return 'it is no Bundle of type transaction';
  const given: unknown = bundle['entry'];
  if (!Array.isArray(given) || given.length === 0) return 'it has no entry';
  if (given.length > MOST_ENTRIES) return `it has more than ${MOST_ENTRIES} entries`;
  const entries: (Creating | Changing)[] = [];
  const sent: object[] = [];
  for (const [i, entry] of given.entries()) {
    const made = prepareEntry(entry, { system: key.system, value: `${key.value}.${i}` });
    if (typeof made === 'string') return `entry ${i + 1} ${made}`;
    entries.push(made.what);
    sent.push(made.entry);
  }
  return { bundle: { ...bundle, entry: sent }, entries };
}

function prepareEntry(
  entry: unknown,
  identifier: OurIdentifier,
): { readonly entry: object; readonly what: Creating | Changing } | string {
  if (!isRecord(entry) || !isRecord(entry['request'])) return 'has no request';
  const { request, resource } = entry;
  const { method, url, ifMatch } = request;
  if (method === 'POST') {
    if (!isRecord(resource) || !isType(resource['resourceType'])) return 'has no resource';
    const type = resource['resourceType'];
    if (url !== type) return 'has another url than the type of its resource';
    const ours = withIdentifier({ ...resource, resourceType: type }, identifier);
    if (!ours) return `creates a ${type}, which has no place for an identifier`;
    const condition = { ...request, ifNoneExist: identifierQuery(type, identifier) };
    return { entry: { ...entry, resource: ours, request: condition }, what: { kind: 'create', type, identifier } };
  }
  if (method !== 'PUT' && method !== 'PATCH' && method !== 'DELETE') return 'neither creates, changes nor deletes';
  const [type = '', id = '', ...more] = typeof url === 'string' ? url.split('/') : [];
  if (more.length > 0 || wrongPart({ type, id })) return 'has a url that is not Type/id';
  if (typeof ifMatch !== 'string' || !VERSION_TAG.test(ifMatch)) return 'changes something and has no ifMatch';
  if (method === 'PUT' && (!isRecord(resource) || resource['resourceType'] !== type || resource['id'] !== id))
    return 'has another resource than its url says';
  const wanted = isRecord(resource) && method === 'PUT' ? { ...resource, resourceType: type } : null;
  const what = { kind: 'change', type, id, ifMatch, ...(method !== 'PATCH' && { resource: wanted }) } as const;
  return { entry, what };
}

function failed(code: Parameters<typeof fhirErrors.create>[0], details: Record<string, string | number>): FhirResult {
  return { ok: false, failure: failureOf(fhirErrors.create(code, details)) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
