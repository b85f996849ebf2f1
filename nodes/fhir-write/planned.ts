/** The request of a write as it would be made, for the preview: by the same calls as when it is written. */
import {
  EFFECT_IDENTIFIER_SYSTEM,
  minimisePatch,
  provenanceFor,
  rehearseWrite,
  sendsTo,
  WardflowError,
  type Failure,
  type FhirResource,
  type JsonPatchStep,
  type RehearsedRequest,
  type SendList,
  type SendLists,
  type WriteOrigin,
} from '../../engine/index.ts';
import type { AnyGiven } from '../../runtime/services.ts';
import { isValueKind, text } from '../kit/checks.ts';
import { nodeErrors } from '../kit/errors.ts';
import { resourceId } from '../kit/fhir.ts';
import { fhirWrite } from './config.ts';
import { placeOf } from './patch-step.ts';
import { wantedOf, type Wanted } from './patch.ts';
import { toCreate } from './resource.ts';

/** Stands for what is only known when a message is there. */
export const KEY = 'key-of-the-effect';
export const MOST_STEPS = 50;
const VERSION_READ = 'version-read-before';
const VERSION_MADE = 'version-made';
/** What a sample does not hold, such as what a node before has read. */
export const ID_UNKNOWN = 'id-not-known-here';
const ID_MADE = 'id-made';

export interface Planned {
  readonly kind: 'planned';
  readonly method: RehearsedRequest['method'];
  /** Behind the base of the server. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Elements that not both lists permit. */
  readonly removed: readonly string[];
  /** What is written, such as `Task/12`. */
  readonly targets: readonly string[];
  /** What the body does not show. */
  readonly note?: string;
  /** Where all of it is known without the server. */
  readonly whole?: FhirResource;
}

export type Plan = Planned | { readonly kind: 'refused'; readonly failure: Failure };

type ElementsGiven = Readonly<Record<string, unknown>>;

export interface Towards {
  /** '': none is chosen. */
  readonly endpoint: string;
  /** Of its binding. */
  readonly allow: SendList | undefined;
  /** Of what is changed. */
  readonly id: string;
}

/** Throws what the node would throw. */
export async function requestOf(given: AnyGiven, { endpoint, allow, id }: Towards): Promise<Plan> {
  const { config, definition } = given;
  const sends = definition && endpoint !== '' ? sendsTo(definition.intent, endpoint) : undefined;
  const lists: SendLists = { sends, allow };
  const type = text(config['resourceType']).trim();
  const { operation } = config;
  if (operation === 'update') return updating(type, id, await objectIn(given), lists);
  if (operation === 'patch') return patching(type, id, await stepsIn(given), lists);
  const object = await objectIn(given);
  return operation === 'transaction' ? together(given, object, lists) : creating(given, type, object, lists);
}

export const followingOf = (
  { targets, method, path }: Planned,
  origin: WriteOrigin,
  now: number,
): FhirResource | undefined =>
  // As the endpoint says it: a transaction changes, whatever its entries do.
  provenanceFor(
    origin,
    { targets, version: VERSION_MADE, activity: method === 'POST' && path !== '' ? 'CREATE' : 'UPDATE' },
    now,
  );

const identifier = { system: EFFECT_IDENTIFIER_SYSTEM, value: KEY };

async function creating(given: AnyGiven, type: string, object: ElementsGiven, lists: SendLists): Promise<Plan> {
  const resource = toCreate(type, object);
  if (!resource) throw nodeErrors.create('resource-type-differs', { node: nodeIn(given), expected: type });
  const made = await rehearseWrite('preview', lists, (calls) => calls.createOnce(resource, identifier));
  return made.kind === 'refused' ? made : asPlanned(made.request, made.removed);
}

async function together(given: AnyGiven, object: ElementsGiven, lists: SendLists): Promise<Plan> {
  const { resourceType, type, entry } = object;
  if (resourceType !== 'Bundle' || type !== 'transaction' || !Array.isArray(entry) || entry.length === 0)
    throw nodeErrors.create('fhir-bundle-wrong', { field: 'resource', node: nodeIn(given) });
  const bundle = object as FhirResource;
  const made = await rehearseWrite('preview', lists, (calls) => calls.transaction(bundle, identifier));
  return made.kind === 'refused' ? made : asPlanned(made.request, made.removed);
}

function asPlanned({ method, path, headers = {}, body }: RehearsedRequest, removed: readonly string[]): Planned {
  const { 'if-none-exist': ifNoneExist } = headers;
  const whole = body as FhirResource;
  return {
    kind: 'planned',
    method,
    path,
    headers: ifNoneExist === undefined ? {} : { 'If-None-Exist': ifNoneExist },
    body,
    removed,
    targets: path === '' ? targetsIn(whole) : [`${whole.resourceType}/${ID_MADE}`],
    whole,
  };
}

function targetsIn({ entry }: FhirResource): readonly string[] {
  return (Array.isArray(entry) ? entry : []).map(({ request }: { readonly request?: ElementsGiven }) => {
    const url = text(request?.['url']);
    return request?.['method'] === 'POST' ? `${url}/${ID_MADE}` : url;
  });
}

/** The elements given: the rest of the resource is what the server has, and stays. */
function updating(type: string, id: string, given: ElementsGiven, lists: SendLists): Plan {
  const { id: _id, resourceType: _type, meta: _meta, ...elements } = given;
  const steps = Object.entries(elements).map(([name, value]): JsonPatchStep =>
    value === null ? { op: 'remove', path: `/${name}` } : { op: 'replace', path: `/${name}`, value },
  );
  const less = minimisePatch(type, steps, lists);
  if (less.kind === 'refused') return less;
  const left = less.value.map((step) => [step.path.slice(1), 'value' in step ? step.value : null]);
  return {
    ...changing(type, id, less.removed),
    method: 'PUT',
    body: { resourceType: type, id, ...Object.fromEntries(left) },
    note: 'with all else that the server has of it; null is removed',
  };
}

/** How far each step is needed is known only with what the server has. */
function patching(type: string, id: string, wanted: readonly Wanted[], lists: SendLists): Plan {
  const less = minimisePatch(type, wanted.flatMap(stepOf), lists);
  if (less.kind === 'refused') return less;
  return {
    ...changing(type, id, less.removed),
    method: 'PATCH',
    headers: { 'If-Match': VERSION, 'Content-Type': 'application/json-patch+json' },
    body: less.value,
    note: 'without what the server has already',
  };
}

const VERSION = `W/"${VERSION_READ}"`;

function changing(type: string, id: string, removed: readonly string[]): Omit<Planned, 'method' | 'body'> {
  const path = `/${type}/${id}`;
  return { kind: 'planned', path, headers: { 'If-Match': VERSION }, removed, targets: [path.slice(1)] };
}

function stepOf({ do: what, path: place, value }: Wanted): readonly JsonPatchStep[] {
  const keys = placeOf(place);
  if (!keys) return [];
  const path = `/${keys.join('/')}`;
  switch (what) {
    case 'set':
      return [{ op: 'replace', path, value }];
    case 'append':
      return [{ op: 'add', path: `${path}/-`, value }];
    case 'remove':
      return [{ op: 'remove', path }];
    case 'test':
      return [{ op: 'test', path, value }];
    default:
      return what satisfies never;
  }
}

const nodeIn = ({ config }: AnyGiven): string => text(config['name']) || fhirWrite.type;

/** Of what an update or a patch changes; throws what the node would throw. */
export async function idIn(given: AnyGiven): Promise<string> {
  const { config } = given;
  const where = { field: 'reference', node: nodeIn(given) };
  const value = await given.value(text(config['reference']), kindOf(config['referenceKind']));
  if (value === undefined || value === null || value === '') throw nodeErrors.create('expression-empty', where);
  if (typeof value !== 'string' && typeof value !== 'number')
    throw nodeErrors.create('expression-kind', { ...where, expected: 'text' });
  return resourceId(text(config['resourceType']).trim(), String(value), where);
}

async function contentIn(given: AnyGiven): Promise<unknown> {
  const { config } = given;
  const value = await given.value(text(config['resource']), config['resourceKind'] === 'msg' ? 'msg' : 'jsonata');
  if (value === undefined || value === null)
    throw nodeErrors.create('expression-empty', { field: 'resource', node: nodeIn(given) });
  return value;
}

async function objectIn(given: AnyGiven): Promise<ElementsGiven> {
  const value = await contentIn(given);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw nodeErrors.create('expression-kind', { field: 'resource', node: nodeIn(given), expected: 'one object' });
  return value as ElementsGiven;
}

async function stepsIn(given: AnyGiven): Promise<readonly Wanted[]> {
  if (given.config['patchBy'] !== 'expression') return stepsOfRows(given);
  const wanted = wantedOf(await contentIn(given));
  if (!wanted) throw nodeErrors.create('fhir-patch-wrong', { field: 'resource', node: nodeIn(given) });
  return wanted;
}

/** A row whose value comes out empty is left out, as when the node runs; what is wrong with a value is said at its row. */
async function stepsOfRows(given: AnyGiven): Promise<readonly Wanted[]> {
  const { steps } = given.config;
  const wanted: Wanted[] = [];
  for (const step of Array.isArray(steps) ? steps.slice(0, MOST_STEPS) : []) {
    const { do: what, path, value, kind } = (step ?? {}) as Partial<Record<string, unknown>>;
    if (what !== 'set' && what !== 'append' && what !== 'remove' && what !== 'test') continue;
    const result = what === 'remove' ? null : await valueOr(given, text(value), kindOf(kind));
    if (what !== 'remove' && (result === undefined || result === null || result === '')) continue;
    wanted.push({ do: what, path: text(path), value: result });
  }
  return wanted;
}

async function valueOr(given: AnyGiven, source: string, kind: Parameters<AnyGiven['value']>[1]): Promise<unknown> {
  try {
    return await given.value(source, kind);
  } catch (error) {
    if (error instanceof WardflowError) return undefined;
    throw error;
  }
}

const kindOf = (kind: unknown): Parameters<AnyGiven['value']>[1] => (isValueKind(kind) ? kind : 'str');
