/**
 * What a scenario's FHIR server answers (R4 3.1.0): read, vread, history, search, create and update (also conditional), JSON
 * Patch, delete. A stale If-Match is 412, as the specification has it.
 */
import { isRecord } from '../../checks/subject.ts';
import { patched } from './json-patch.ts';
import { matching } from './matching.ts';
import { tagOf, type Records, type Version } from './records.ts';
import { outcome, RequestRefused, shown, type Reply } from './reply.ts';

export interface Asked {
  readonly method: string;
  /** Behind the base: `Task/12`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly ifMatch?: string | undefined;
  readonly ifNoneExist?: string | undefined;
  /** JSON; `undefined`: none. */
  readonly body: unknown;
}

/** @throws RequestRefused */
export function answer(records: Records, asked: Asked): Reply {
  const { method, path } = asked;
  const [type = '', id, history, version] = path.split('/');
  if (method === 'GET') {
    if (id === undefined) return found(records, type, asked.query);
    if (id === '_history') return told(records.versions(type), asked.query);
    if (history === '_history' && version === undefined) return toldOf(records, type, id, asked.query);
    return read(records, type, id, history === '_history' ? version : undefined);
  }
  if (method === 'POST' && id === undefined) return create(records, type, asked);
  if (method === 'PUT') return update(records, type, id, asked);
  if (method === 'PATCH' && id !== undefined) return patch(records, type, id, asked);
  if (method === 'DELETE' && id !== undefined) return remove(records, type, id, asked);
  throw new RequestRefused(405, 'not-supported');
}

function read(records: Records, type: string, id: string, number: string | undefined): Reply {
  const version =
    number === undefined
      ? records.latest(type, id)
      : records.versions(type, id).find((one) => String(one.number) === number);
  if (!version) throw new RequestRefused(404, 'not-found');
  return version.resource ? shown(200, version) : { ...outcome(410, 'deleted'), headers: shown(410, version).headers };
}

function toldOf(records: Records, type: string, id: string, query: URLSearchParams): Reply {
  const versions = records.versions(type, id);
  if (versions.length === 0) throw new RequestRefused(404, 'not-found');
  return told(versions, query);
}

/** Newest first (R4 3.1.0.12). */
function told(versions: readonly Version[], query: URLSearchParams): Reply {
  const since = Date.parse(query.get('_since') ?? '');
  const entry = versions
    .filter(({ at }) => Number.isNaN(since) || Date.parse(at) >= since)
    .toReversed()
    .map((version) => ({
      ...(version.resource && { resource: version.resource }),
      request: {
        method: version.method,
        url: version.method === 'POST' ? version.type : `${version.type}/${version.id}`,
      },
      response: { status: statusOf(version), etag: tagOf(version), lastModified: version.at },
    }));
  return bundle('history', entry);
}

const statusOf = ({ method, number }: Version): string => (method === 'DELETE' ? '204' : number === 1 ? '201' : '200');

function found(records: Records, type: string, query: URLSearchParams): Reply {
  const all = matching(records.all(type), query);
  if (!all) throw new RequestRefused(400, 'not-supported');
  return bundle(
    'searchset',
    all.map((resource) => ({ resource, search: { mode: 'match' } })),
  );
}

const bundle = (type: string, entry: readonly object[]): Reply => ({
  status: 200,
  headers: {},
  body: { resourceType: 'Bundle', type, total: entry.length, entry },
});

function create(records: Records, type: string, { body, ifNoneExist }: Asked): Reply {
  const resource = resourceIn(type, body);
  const already = ifNoneExist === undefined ? undefined : one(records, type, ifNoneExist);
  if (already) return shown(200, already);
  return shown(201, records.write('POST', type, records.nextId(), resource));
}

/** With a query in place of an id it is conditional (R4 3.1.0.4.3). */
function update(records: Records, type: string, id: string | undefined, asked: Asked): Reply {
  const resource = resourceIn(type, asked.body);
  if (id === undefined) {
    if (asked.query.size === 0) throw new RequestRefused(405, 'not-supported');
    const current = one(records, type, asked.query.toString());
    if (!current) return shown(201, records.write('POST', type, records.nextId(), resource));
    if (resource['id'] !== undefined && resource['id'] !== current.id) throw new RequestRefused(400, 'invalid');
    return shown(200, records.write('PUT', type, current.id, resource));
  }
  if (resource['id'] !== undefined && resource['id'] !== id) throw new RequestRefused(400, 'invalid');
  const current = records.latest(type, id);
  demandMatch(current, asked.ifMatch);
  return shown(current?.resource ? 200 : 201, records.write('PUT', type, id, resource));
}

function patch(records: Records, type: string, id: string, { body, ifMatch }: Asked): Reply {
  const current = records.latest(type, id);
  if (!current) throw new RequestRefused(404, 'not-found');
  if (!current.resource) throw new RequestRefused(410, 'deleted');
  demandMatch(current, ifMatch);
  return shown(200, records.write('PATCH', type, id, patched(current.resource, body)));
}

/** That it is not there is no failure (R4 3.1.0.7). */
function remove(records: Records, type: string, id: string, { ifMatch }: Asked): Reply {
  const current = records.latest(type, id);
  if (!current?.resource) return { status: 204, headers: {}, body: null };
  demandMatch(current, ifMatch);
  const { headers } = shown(204, records.write('DELETE', type, id, null));
  return { status: 204, headers, body: null };
}

function demandMatch(current: Version | undefined, ifMatch: string | undefined): void {
  const tag = current?.resource ? tagOf(current) : undefined;
  if (ifMatch !== undefined && ifMatch !== tag) throw new RequestRefused(412, 'conflict');
}

/** The one that the search finds; `undefined`: none. */
function one(records: Records, type: string, query: string): Version | undefined {
  const all = matching(records.all(type), new URLSearchParams(query.replace(/^\?/, '')));
  if (!all) throw new RequestRefused(400, 'not-supported');
  if (all.length > 1) throw new RequestRefused(412, 'multiple-matches');
  const [first] = all;
  return first && records.latest(type, first.id);
}

function resourceIn(type: string, body: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(body)) throw new RequestRefused(400, 'structure');
  if (body['resourceType'] !== undefined && body['resourceType'] !== type) throw new RequestRefused(400, 'invalid');
  return body;
}
