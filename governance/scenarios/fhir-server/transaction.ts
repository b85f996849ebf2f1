/** Transactions (R4 3.1.0.11): all entries or none, in the order of the specification, with references between new ones. */
import { isRecord } from '../../checks/subject.ts';
import type { Records } from './records.ts';
import { RequestRefused, type Reply } from './reply.ts';
import { answer, type Asked } from './rest.ts';

const ORDER = ['DELETE', 'POST', 'PUT', 'PATCH', 'GET'];

interface Entry {
  readonly at: number;
  readonly fullUrl: unknown;
  readonly asked: Asked;
}

export function transact(records: Records, bundle: unknown): Reply {
  if (!isRecord(bundle) || bundle['resourceType'] !== 'Bundle' || bundle['type'] !== 'transaction')
    throw new RequestRefused(400, 'structure');
  const given: unknown = bundle['entry'];
  const entries = (Array.isArray(given) ? given : []).map(entryOf);
  const replies = records.together(() => {
    const done = new Map<number, Reply>();
    /** `urn:uuid:...` to what it became. */
    const names = new Map<string, string>();
    const ordered = entries.toSorted((a, b) => ORDER.indexOf(a.asked.method) - ORDER.indexOf(b.asked.method));
    // The ids of new ones are known before anything that refers to them is kept.
    for (const { at, fullUrl, asked } of ordered) {
      const reply = answer(records, asked);
      done.set(at, reply);
      const [type, id] = (reply.headers['location'] ?? '').split('/');
      if (typeof fullUrl === 'string' && type && id) names.set(fullUrl, `${type}/${id}`);
    }
    return entries.map(({ at }) => relinked(records, done.get(at), names));
  });
  const entry = replies.map(({ status, headers, body }) => ({
    ...(body && { resource: body }),
    response: {
      status: String(status),
      ...(headers['location'] !== undefined && { location: headers['location'] }),
      ...(headers['etag'] !== undefined && { etag: headers['etag'] }),
    },
  }));
  return { status: 200, headers: {}, body: { resourceType: 'Bundle', type: 'transaction-response', entry } };
}

function entryOf(entry: unknown, at: number): Entry {
  const request = isRecord(entry) ? entry['request'] : undefined;
  if (!isRecord(entry) || !isRecord(request)) throw new RequestRefused(400, 'structure');
  const { method, url, ifMatch, ifNoneExist } = request;
  if (typeof method !== 'string' || !ORDER.includes(method) || typeof url !== 'string')
    throw new RequestRefused(400, 'structure');
  const [path = '', query = ''] = url.split('?');
  const asked: Asked = {
    method,
    path,
    query: new URLSearchParams(query),
    ...(typeof ifMatch === 'string' && { ifMatch }),
    ...(typeof ifNoneExist === 'string' && { ifNoneExist }),
    body: method === 'PATCH' ? stepsIn(entry['resource']) : entry['resource'],
  };
  return { at, fullUrl: entry['fullUrl'], asked };
}

/** A JSON Patch is carried by a Binary (R4 3.1.0.11.2). */
function stepsIn(resource: unknown): unknown {
  const data = isRecord(resource) ? resource['data'] : undefined;
  try {
    return JSON.parse(Buffer.from(typeof data === 'string' ? data : '', 'base64').toString('utf8')) as unknown;
  } catch {
    throw new RequestRefused(400, 'structure');
  }
}

/** References to entries of the bundle, in the version that this transaction made. */
function relinked(records: Records, reply: Reply | undefined, names: ReadonlyMap<string, string>): Reply {
  if (!reply) throw new RequestRefused(500, 'exception');
  const { body } = reply;
  if (!body || names.size === 0) return reply;
  const text = JSON.stringify(body);
  if (![...names.keys()].some((name) => text.includes(JSON.stringify(name)))) return reply;
  const linked = withNames(body, names) as Record<string, unknown>;
  const [type = '', id = ''] = (reply.headers['location'] ?? '').split('/');
  records.correct(type, id, linked);
  return { ...reply, body: linked };
}

function withNames(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((one) => withNames(one, names));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      key === 'reference' && typeof one === 'string' ? (names.get(one) ?? one) : withNames(one, names),
    ]),
  );
}
