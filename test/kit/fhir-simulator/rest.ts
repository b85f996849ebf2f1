/** The RESTful API of R4 (3.1.0) over `Records`, without HTTP: one request in, one reply out. */
import { applyPatch } from './json-patch.ts';
import { isResource, parseExact, type Resource } from './exact-json.ts';
import { matches, paged, search, type Found } from './matching.ts';
import type { Records, Version } from './records.ts';
import { versionTag } from './records.ts';
import { outcome, Refusal, type Reply } from './reply.ts';
import { carryOut, entriesOf, type Entry } from './transaction.ts';
import { replyWith } from './version-reply.ts';

export interface RestRequest {
  readonly method: string;
  /** Behind the base, without its slash: `Task/1/_history`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  readonly ignoresCondition?: boolean;
  /** Of a transaction only so many entries are done. */
  readonly tornAfter?: number;
}

export type Operation = (request: RestRequest, on: { readonly type: string; readonly id: string | null }) => Reply;

export interface Rest {
  readonly records: Records;
  readonly base: () => string;
  readonly pageSize: number;
  readonly types: readonly string[];
  /** By name with `$`. */
  readonly operations: ReadonlyMap<string, Operation>;
}

export function answer(rest: Rest, request: RestRequest): Reply {
  try {
    return route(rest, request);
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    if (error instanceof SyntaxError) return outcome(400, 'structure');
    throw error;
  }
}

function route(rest: Rest, request: RestRequest): Reply {
  const { method, path } = request;
  const parts = path === '' ? [] : path.split('/').map(decodeURIComponent);
  const [type = '', second, third, fourth] = parts;
  const last = parts.at(-1) ?? '';
  if (path === 'metadata') return { status: 200, body: capabilities(rest) };
  if (parts.length === 0 && method === 'POST') return transaction(rest, request);
  if (last.startsWith('$')) return operate(rest, request, type, parts.length === 3 ? (second ?? null) : null, last);
  if (path === '_history') return history(rest, request, () => true);
  if (!/^[A-Z][A-Za-z]+$/.test(type) || parts.length > 4) throw new Refusal(404, 'not-found');
  if (second === undefined) return ofType(rest, request, type);
  if (second === '_history') return history(rest, request, (one) => one.type === type);
  if (second === '_search' && method === 'POST') {
    const query = new URLSearchParams([...request.query, ...new URLSearchParams(request.body)]);
    return found(rest, search(rest.records, type, query, rest.pageSize), `${type}/_search`);
  }
  if (third === undefined) return ofInstance(rest, request, type, second);
  if (third !== '_history' || method !== 'GET') throw new Refusal(404, 'not-found');
  if (fourth === undefined) {
    if (rest.records.versionsOf(type, second).length === 0) throw new Refusal(404, 'not-found');
    return history(rest, request, (one) => one.type === type && one.id === second);
  }
  const version = rest.records.versionsOf(type, second)[Number(fourth) - 1];
  if (!version) throw new Refusal(404, 'not-found');
  if (version.resource === null) throw new Refusal(410, 'deleted');
  return replyWith(200, version, rest.base(), undefined);
}

function ofType(rest: Rest, request: RestRequest, type: string): Reply {
  if (request.method === 'GET') return found(rest, search(rest.records, type, request.query, rest.pageSize), type);
  if (request.method !== 'POST') throw new Refusal(405, 'not-supported');
  const resource = resourceIn(request.body, type);
  const condition = request.ignoresCondition ? undefined : request.headers['if-none-exist'];
  return create(rest, type, resource, condition, request.headers['prefer'], rest.records.freeId(type));
}

function create(
  rest: Rest,
  type: string,
  resource: Resource,
  condition: string | undefined,
  prefer: string | undefined,
  id: string,
): Reply {
  const already = existing(rest, type, condition);
  if (already) return replyWith(200, already, rest.base(), prefer);
  return replyWith(201, rest.records.write('POST', type, id, resource), rest.base(), prefer);
}

/** R4 3.1.0.8.1: none, the one, or 412 where there are several. */
function existing(rest: Rest, type: string, condition: string | undefined): Version | undefined {
  if (condition === undefined) return undefined;
  const query = new URLSearchParams(condition.replace(/^[^?]*\?/, ''));
  const all = rest.records.searchable(type).filter(({ resource }) => resource && matches(resource, query));
  if (all.length > 1) throw new Refusal(412, 'multiple-matches');
  return all[0];
}

function ofInstance(rest: Rest, request: RestRequest, type: string, id: string): Reply {
  const { records } = rest;
  const { method, headers, body } = request;
  if (!/^[A-Za-z0-9.-]{1,64}$/.test(id)) throw new Refusal(400, 'value');
  switch (method) {
    case 'GET':
      return replyWith(200, records.current(type, id), rest.base(), undefined);
    case 'PUT': {
      const resource = resourceIn(body, type);
      if (resource['id'] !== id) throw new Refusal(400, 'value', `${type}.id`);
      records.checkMatch(type, id, headers['if-match']);
      const status = records.versionsOf(type, id).at(-1)?.resource ? 200 : 201;
      return replyWith(status, records.write('PUT', type, id, resource), rest.base(), headers['prefer']);
    }
    case 'PATCH': {
      if (!(headers['content-type'] ?? '').startsWith('application/json-patch+json'))
        throw new Refusal(415, 'not-supported');
      const { resource } = records.current(type, id);
      records.checkMatch(type, id, headers['if-match']);
      const patched = applyPatch(resource, parseExact(body));
      if (!isResource(patched) || patched.resourceType !== type || patched['id'] !== id)
        throw new Refusal(422, 'processing');
      return replyWith(200, records.write('PATCH', type, id, patched), rest.base(), headers['prefer']);
    }
    case 'DELETE': {
      records.checkMatch(type, id, headers['if-match']);
      if (records.versionsOf(type, id).at(-1)?.resource) records.write('DELETE', type, id, null);
      return { status: 204 };
    }
    default:
      throw new Refusal(405, 'not-supported');
  }
}

function resourceIn(body: string, type: string): Resource {
  const resource = parseExact(body);
  if (!isResource(resource)) throw new Refusal(400, 'structure');
  if (resource.resourceType !== type) throw new Refusal(400, 'value', 'resourceType');
  return resource;
}

function found(rest: Rest, { total, page, next }: Found, path: string): Reply {
  const entry = page.map(({ type, id, resource }) => ({ fullUrl: `${rest.base()}/${type}/${id}`, resource }));
  return bundle('searchset', total, entry, next === null ? null : `${rest.base()}/${path}?${next}`);
}

function bundle(type: string, total: number, entry: readonly object[], next: string | null): Reply {
  const link = next === null ? {} : { link: [{ relation: 'next', url: next }] };
  return { status: 200, body: { resourceType: 'Bundle', type, total, ...link, ...(entry.length > 0 && { entry }) } };
}

/** Newest first; `_since` (R4 3.1.0.12). */
function history(rest: Rest, request: RestRequest, of: (version: Version) => boolean): Reply {
  const since = Date.parse(request.query.get('_since') ?? '');
  const all = rest.records.versions.filter((one) => of(one) && !(one.at < since)).toReversed();
  const { total, page, next } = paged(all, request.query, rest.pageSize);
  const entry = page.map((version) => {
    const { type, id, resource, method, at } = version;
    return {
      fullUrl: `${rest.base()}/${type}/${id}`,
      ...(resource && { resource }),
      request: { method, url: method === 'POST' ? type : `${type}/${id}` },
      response: {
        status: method === 'POST' ? '201' : method === 'DELETE' ? '204' : '200',
        etag: versionTag(version),
        lastModified: new Date(at).toISOString(),
      },
    };
  });
  return bundle('history', total, entry, next === null ? null : `${rest.base()}/${request.path}?${next}`);
}

function operate(rest: Rest, request: RestRequest, type: string, id: string | null, name: string): Reply {
  const operation = rest.operations.get(name);
  if (!operation) throw new Refusal(404, 'not-supported');
  return operation(request, { type: type === name ? '' : type, id });
}

function transaction(rest: Rest, request: RestRequest): Reply {
  const given = parseExact(request.body);
  if (!isResource(given) || given.resourceType !== 'Bundle') throw new Refusal(400, 'structure');
  const entries = entriesOf(given);
  const prefer = request.headers['prefer'];
  const act = (entry: Entry, reference?: string): Reply => one(rest, request, entry, reference);
  const planned = (entry: Entry): string => {
    const type = entry.url;
    const found = request.ignoresCondition ? undefined : existing(rest, type, entry.ifNoneExist);
    return `${type}/${found?.id ?? rest.records.freeId(type)}`;
  };
  if (given['type'] === 'batch') {
    const each = entries.map((entry) => {
      try {
        return act(entry, entry.method === 'POST' ? planned(entry) : undefined);
      } catch (error) {
        if (error instanceof Refusal) return error.reply;
        throw error;
      }
    });
    return { status: 200, body: responses('batch-response', each, prefer) };
  }
  if (given['type'] !== 'transaction') throw new Refusal(400, 'value', 'Bundle.type');
  const { tornAfter } = request;
  if (tornAfter !== undefined) {
    carryOut(entries, planned, act, tornAfter);
    throw new Refusal(500, 'exception');
  }
  const each = rest.records.atomically(() => carryOut(entries, planned, act));
  return { status: 200, body: responses('transaction-response', each, prefer) };
}

function one(rest: Rest, request: RestRequest, entry: Entry, reference: string | undefined): Reply {
  const { method, url, ifMatch, ifNoneExist, resource } = entry;
  const [path = '', query = ''] = url.split('?');
  const { prefer } = { prefer: request.headers['prefer'] };
  if (method === 'POST') {
    if (!resource || resource.resourceType !== path) throw new Refusal(400, 'required', 'Bundle.entry.resource');
    const condition = request.ignoresCondition ? undefined : ifNoneExist;
    return create(
      rest,
      path,
      resource,
      condition,
      prefer,
      (reference ?? '').split('/')[1] ?? rest.records.freeId(path),
    );
  }
  const headers = { 'if-match': ifMatch, prefer, 'content-type': 'application/json-patch+json' };
  const body = method === 'PATCH' ? patchIn(resource) : JSON.stringify(resource ?? {});
  return route(rest, { method, path, query: new URLSearchParams(query), headers, body });
}

/** In a bundle a JSON Patch is a Binary (R4 3.1.0.11.2). */
function patchIn(resource: Resource | null): string {
  const data = resource?.resourceType === 'Binary' ? resource['data'] : undefined;
  if (typeof data !== 'string') throw new Refusal(400, 'required', 'Bundle.entry.resource');
  return Buffer.from(data, 'base64').toString('utf8');
}

function responses(type: string, each: readonly (Reply | null)[], prefer: string | undefined): object {
  const entry = each.map((reply) => {
    const { status = 500, headers = {}, body } = reply ?? {};
    const { location, etag } = headers;
    const response = { status: String(status), ...(location && { location }), ...(etag && { etag }) };
    const isOutcome = status >= 400;
    return {
      ...(body !== undefined && !isOutcome && !/return=minimal/.test(prefer ?? '') && { resource: body }),
      response: { ...response, ...(isOutcome && { outcome: body }) },
    };
  });
  return { resourceType: 'Bundle', type, entry };
}

function capabilities(rest: Rest): object {
  const interaction = [
    'read',
    'vread',
    'update',
    'patch',
    'delete',
    'history-instance',
    'history-type',
    'create',
    'search-type',
  ];
  const resource = rest.types.map((type) => ({
    type,
    interaction: interaction.map((code) => ({ code })),
    versioning: 'versioned-update',
    readHistory: true,
    updateCreate: true,
    conditionalCreate: true,
    searchParam: [
      { name: '_id', type: 'token' },
      { name: '_lastUpdated', type: 'date' },
      { name: 'identifier', type: 'token' },
    ],
  }));
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: '2026-01-05',
    kind: 'instance',
    fhirVersion: '4.0.1',
    format: ['json'],
    software: { name: 'Wardflow FHIR simulator' },
    rest: [{ mode: 'server', resource, interaction: [{ code: 'transaction' }, { code: 'batch' }] }],
  };
}
