import type { NodeAPI } from 'node-red';
import type { FhirResource, FhirResult, Lane } from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { nodeErrors } from '../kit/errors.ts';
import { expression, namedExpressions } from '../kit/expression.ts';
import { errorOf } from '../kit/failure.ts';
import { endpointName, endpointOf, outcomeOf, resourceId, type FhirOutcome } from '../kit/fhir.ts';
import { textOf } from '../kit/one-line.ts';
import { registerNode, type NodeHandle } from '../kit/register.ts';
import { fhirRead, type FhirReadProperties } from './config.ts';

/** `msg.fhir` after a search: `resource` is the first found, `resources` are all, `total` is what the server says. */
export interface FhirFound extends FhirOutcome {
  readonly resources: readonly FhirResource[];
  readonly total: number | null;
}

type Ask = (msg: WardflowMessage) => Promise<FhirOutcome | FhirFound | 'nothing'>;

export default function fhirReadNode(RED: NodeAPI): void {
  registerNode(RED, fhirRead, (handle) => {
    const { config, services } = handle;
    const ask = config.operation === 'read' ? reading(handle) : searching(handle);
    const nothing = nothingFound(config.operation);
    return {
      async receive(msg, send) {
        const { work } = handle.workOf(msg);
        const found = await services.engine.dispatcher.holdLease(work, ask(msg));
        if (found !== 'nothing') {
          msg['fhir'] = found;
          return send(msg);
        }
        if (config.notFound === 'error') {
          throw nodeErrors.create('fhir-nothing-found', { node: handle.place.name, type: config.resourceType });
        }
        msg['fhir'] = nothing;
        services.note(msg, `${config.resourceType}: nothing found`);
        send(config.notFound === 'output' ? [null, msg] : msg);
      },
    };
  });
}

function nothingFound(operation: FhirReadProperties['operation']): FhirOutcome | FhirFound {
  const none = { status: operation === 'read' ? 404 : 200, id: null, reference: null, etag: null, resource: null };
  return operation === 'read' ? none : { ...none, resources: [], total: 0 };
}

/** Read without work behind it (a button in the editor), it is in nobody's hurry. */
const laneOf = ({ services }: NodeHandle<FhirReadProperties>, msg: WardflowMessage): Lane =>
  services.workOf(msg.wardflow)?.lane ?? 'routine';

function reading(handle: NodeHandle<FhirReadProperties>): Ask {
  const { RED, node, config, place } = handle;
  const name = endpointName(handle, config.endpoint);
  const type = config.resourceType.trim();
  const reference = expression(RED, node, 'reference', config.reference, 'jsonata');
  return async (msg) => {
    const id = resourceId(type, await reference.string(msg), { field: 'reference', node: place.name });
    const result = await endpointOf(handle, name, laneOf(handle, msg)).read(type, id);
    if (!result.ok && (result.failure.code === 'fhir-not-found' || result.failure.code === 'fhir-gone'))
      return 'nothing';
    return outcomeOf(type, answered(result));
  };
}

function searching(handle: NodeHandle<FhirReadProperties>): Ask {
  const { RED, node, config, place } = handle;
  const name = endpointName(handle, config.endpoint);
  const type = config.resourceType.trim();
  const parameters = namedExpressions(RED, node, 'parameters', config.parameters);
  return async (msg) => {
    const wanted = Object.entries(await parameters(msg)).map(([key, value]) => [key, term(value)] as const);
    // Without any parameter the server would be asked for everything it has.
    if (wanted.length === 0) throw nodeErrors.create('expression-empty', { field: 'parameters', node: place.name });
    const answer = answered(
      await endpointOf(handle, name, laneOf(handle, msg)).search(type, Object.fromEntries(wanted), config.maxPages),
    );
    const entries = (answer.resource?.['entry'] ?? []) as readonly { readonly resource?: FhirResource }[];
    const resources = entries.flatMap(({ resource }) => (resource?.resourceType === type ? [resource] : []));
    const [first] = resources;
    if (!first) return 'nothing';
    const total: unknown = answer.resource?.['total'];
    return {
      ...outcomeOf(type, { status: answer.status, resource: first, etag: null, location: null }),
      resources,
      total: typeof total === 'number' ? total : null,
    };
  };
}

function answered(result: FhirResult): Extract<FhirResult, { ok: true }>['answer'] {
  if (!result.ok) throw errorOf(result.failure);
  return result.answer;
}

/** Several values are alternatives (FHIR R4 3.1.1.5). */
const term = (value: unknown): string => (Array.isArray(value) ? value.map(textOf).join(',') : textOf(value));
