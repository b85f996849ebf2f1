/** Bundles of type transaction and batch (R4 3.1.0.11): order by verb, references between entries, all or nothing. */
import { isRecord, isResource, isRaw, type Resource } from './exact-json.ts';
import { Refusal, type Reply } from './reply.ts';

export interface Entry {
  readonly method: string;
  readonly url: string;
  readonly fullUrl: string | null;
  readonly ifNoneExist: string | undefined;
  readonly ifMatch: string | undefined;
  readonly resource: Resource | null;
}

const ORDER = ['DELETE', 'POST', 'PUT', 'PATCH', 'GET'];

export function entriesOf(bundle: Resource): readonly Entry[] {
  const given = bundle['entry'] ?? [];
  if (!Array.isArray(given)) throw new Refusal(400, 'structure', 'Bundle.entry');
  return given.map((one: unknown, i) => {
    const request = isRecord(one) ? one['request'] : undefined;
    if (!isRecord(one) || !isRecord(request) || typeof request['url'] !== 'string')
      throw new Refusal(400, 'required', `Bundle.entry[${i}].request`);
    const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
    return {
      method: String(request['method']),
      url: request['url'],
      fullUrl: text(one['fullUrl']) ?? null,
      ifNoneExist: text(request['ifNoneExist']),
      ifMatch: text(request['ifMatch']),
      resource: isResource(one['resource']) ? one['resource'] : null,
    };
  });
}

/**
 * Carries entries out in the order of R4 3.1.0.11.2; `act` does one of them, references put right. The answers are in the
 * order of the entries. `planned`: the reference that a create will have; `most`: only so many are done (a server that
 * does not roll back).
 */
export function carryOut(
  entries: readonly Entry[],
  planned: (entry: Entry) => string,
  act: (entry: Entry, reference: string | undefined) => Reply,
  most = Number.POSITIVE_INFINITY,
): readonly (Reply | null)[] {
  const answers: (Reply | null)[] = entries.map(() => null);
  const references = new Map<string, string>();
  const plans = entries.map((entry) => (entry.method === 'POST' ? planned(entry) : undefined));
  for (const [i, { fullUrl }] of entries.entries()) {
    const reference = plans[i];
    if (fullUrl !== null && reference !== undefined) references.set(fullUrl, reference);
  }
  const inOrder = entries
    .map((entry, i) => ({ entry, i }))
    .toSorted((a, b) => ORDER.indexOf(a.entry.method) - ORDER.indexOf(b.entry.method));
  for (const { entry, i } of inOrder.slice(0, most)) {
    const resource = entry.resource && (rewritten(entry.resource, references) as Resource);
    answers[i] = act({ ...entry, resource }, plans[i]);
  }
  return answers;
}

function rewritten(value: unknown, references: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((one) => rewritten(one, references));
  if (!isRecord(value) || isRaw(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      name === 'reference' && typeof one === 'string' ? (references.get(one) ?? one) : rewritten(one, references),
    ]),
  );
}
