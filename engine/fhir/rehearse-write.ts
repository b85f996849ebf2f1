/** What a write would ask of a server, made by the calls themselves over a way that leads nowhere: nothing is sent. */
import type { Millis } from '../base/clock.ts';
import type { Failure } from '../store/contract/index.ts';
import type { FhirEndpoint, FhirResource, FhirResult, WriteOrigin } from './endpoint.ts';
import { withIdentifier } from './identifier.ts';
import type { Send } from './look-up.ts';
import type { SendLists } from './minimise/minimise.ts';
import { wrongPart } from './names.ts';
import { PROVENANCE_IDENTIFIER_SYSTEM, provenanceOf, type Activity } from './provenance.ts';
import type { FhirRequest } from './transport.ts';
import { writingCalls } from './writing-calls.ts';

/** `path` begins behind the base. */
export type RehearsedRequest = Pick<FhirRequest, 'method' | 'path' | 'headers' | 'body'>;

export type Rehearsal =
  | { readonly kind: 'asked'; readonly request: RehearsedRequest; readonly removed: readonly string[] }
  | { readonly kind: 'refused'; readonly failure: Failure };

/**
 * For what needs nothing of the server: creates, and transactions, of which what is there is left unread. The first write that
 * `write` would ask for.
 */
export async function rehearseWrite(
  endpoint: string,
  lists: SendLists,
  write: (calls: Pick<FhirEndpoint, 'createOnce' | 'transaction'>) => Promise<FhirResult>,
): Promise<Rehearsal> {
  const asked: FhirRequest[] = [];
  const send: Send = (request) => {
    if (request.kind === 'write') asked.push(request);
    return Promise.resolve({ ok: true, answer: answerTo(request) });
  };
  const calls = writingCalls(
    {
      binding: { name: endpoint },
      async call(parts, work) {
        const failure = wrongPart(parts);
        return failure ? { ok: false, failure } : work(send);
      },
    },
    lists,
    (result) => Promise.resolve(result),
  );
  const result = await write(calls);
  const [request] = asked;
  if (!result.ok) return { kind: 'refused', failure: result.failure };
  if (!request) throw new TypeError('write asked for nothing');
  return { kind: 'asked', request, removed: result.answer.removed ?? [] };
}

const answerTo = ({ kind, body }: FhirRequest): Extract<FhirResult, { ok: true }>['answer'] => {
  const nothing = { status: 200, resource: null, etag: null, location: null };
  if (kind !== 'write' || !isResource(body)) return nothing;
  if (body.resourceType !== 'Bundle') return { ...nothing, status: 201, resource: body };
  const entries = Array.isArray(body['entry']) ? body['entry'] : [];
  const entry = entries.map(() => ({ response: { status: '200' } }));
  return { ...nothing, resource: { resourceType: 'Bundle', type: 'transaction-response', entry } };
};

const isResource = (body: object | undefined): body is FhirResource => body !== undefined && 'resourceType' in body;

/** The Provenance that follows a write of `targets` (`Task/12`), of which the server gives `version`. */
export function provenanceFor(
  origin: WriteOrigin,
  {
    targets,
    version,
    activity,
  }: { readonly targets: readonly string[]; readonly version: string; readonly activity: Activity },
  now: Millis,
): FhirResource | undefined {
  const entry = targets.map((location) => ({ response: { location, etag: `W/"${version}"` } }));
  const answer = { status: 200, resource: { resourceType: 'Bundle', entry }, etag: null, location: null };
  const made = provenanceOf(origin, answer, activity, now);
  return made && withIdentifier(made, { system: PROVENANCE_IDENTIFIER_SYSTEM, value: origin.key });
}
