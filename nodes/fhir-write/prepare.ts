/** From a message to what is written: made before the effect begins, so that a wrong expression is no try of it. */
import { EFFECT_IDENTIFIER_SYSTEM } from '../../engine/index.ts';
import type { EffectTry, FhirResource, FhirResult, FhirEndpoint } from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { nodeErrors } from '../kit/errors.ts';
import { expression } from '../kit/expression.ts';
import { failureOf } from '../kit/failure.ts';
import { resourceId } from '../kit/fhir.ts';
import type { NodeHandle } from '../kit/register.ts';
import type { FhirWriteProperties } from './config.ts';
import { patchOf, wantedOf, type Refused, type Wanted } from './patch.ts';
import { changed, toCreate } from './resource.ts';

export interface Write {
  /** What is written, for telling two writes of one delivery apart. */
  readonly content: string;
  run(endpoint: FhirEndpoint, effect: EffectTry): Promise<FhirResult>;
}

export type Prepare = (msg: WardflowMessage) => Promise<Write>;

type Handle = NodeHandle<FhirWriteProperties>;
const LARGEST_RESOURCE = 1024 * 1024;
/** A bundle holds the resources of a whole message. */
const LARGEST_BUNDLE = 8 * 1024 * 1024;
const MOST_ENTRIES = 1_000;

export function preparing(handle: Handle): Prepare {
  const type = handle.config.resourceType.trim();
  switch (handle.config.operation) {
    case 'create':
      return creating(handle, type);
    case 'update':
      return updating(handle, type);
    case 'patch':
      return patching(handle, type);
    case 'transaction':
      return bundling(handle);
    default:
      return handle.config.operation satisfies never;
  }
}

function creating(handle: Handle, type: string): Prepare {
  const given = objectGiven(handle, LARGEST_RESOURCE);
  return async (msg) => {
    const resource = toCreate(type, await given(msg));
    if (!resource) throw nodeErrors.create('resource-type-differs', { node: handle.place.name, expected: type });
    return {
      content: JSON.stringify(resource),
      run: (endpoint, effect) => endpoint.createOnce(resource, identifierOf(effect), { lookFirst: effect.maybeDone }),
    };
  };
}

function updating(handle: Handle, type: string): Prepare {
  const idOf = referring(handle, type);
  const given = objectGiven(handle, LARGEST_RESOURCE);
  return async (msg) => {
    const id = await idOf(msg);
    const wanted = await given(msg);
    return {
      content: JSON.stringify([id, wanted]),
      run: (endpoint) => endpoint.update(type, id, (current) => changed(current, wanted)),
    };
  };
}

function patching(handle: Handle, type: string): Prepare {
  const idOf = referring(handle, type);
  const given = handle.config.patchBy === 'rows' ? stepsOfRows(handle) : stepsGiven(handle);
  return async (msg) => {
    const id = await idOf(msg);
    const wanted = await given(msg);
    return {
      content: JSON.stringify([id, wanted]),
      async run(endpoint) {
        let refused: Refused | undefined;
        const result = await endpoint.patch(type, id, (current) => {
          const made = patchOf(current, wanted);
          refused = 'refused' in made ? made.refused : undefined;
          return 'refused' in made || made.steps.length === 0 ? null : made.steps;
        });
        return result.ok && refused ? refusal(handle, type, refused) : result;
      },
    };
  };
}

function refusal({ place }: Handle, type: string, { step, why }: Refused): FhirResult {
  const code = why === 'differs' ? 'fhir-patch-differs' : 'fhir-patch-step';
  return { ok: false, failure: failureOf(nodeErrors.create(code, { step, node: place.name, type }), place) };
}

function bundling(handle: Handle): Prepare {
  const where = { field: 'resource', node: handle.place.name };
  const given = objectGiven(handle, LARGEST_BUNDLE);
  return async (msg) => {
    const bundle = await given(msg);
    const entries: unknown = bundle['entry'];
    if (
      bundle['resourceType'] !== 'Bundle' ||
      bundle['type'] !== 'transaction' ||
      !Array.isArray(entries) ||
      entries.length === 0
    )
      throw nodeErrors.create('fhir-bundle-wrong', where);
    if (entries.length > MOST_ENTRIES) throw nodeErrors.create('fhir-bundle-large', { ...where, limit: MOST_ENTRIES });
    return {
      content: JSON.stringify(bundle),
      run: (endpoint, effect) =>
        endpoint.transaction(bundle as FhirResource, identifierOf(effect), { lookFirst: effect.maybeDone }),
    };
  };
}

const identifierOf = ({ key }: EffectTry): { readonly system: string; readonly value: string } => ({
  system: EFFECT_IDENTIFIER_SYSTEM,
  value: key,
});

function referring(handle: Handle, type: string): (msg: WardflowMessage) => Promise<string> {
  const { RED, node, config, place } = handle;
  const reference = expression(RED, node, 'reference', config.reference, config.referenceKind);
  return async (msg) => resourceId(type, await reference.string(msg), { field: 'reference', node: place.name });
}

/** A row whose value comes out empty is left out: what is not in the message changes nothing on the server. */
function stepsOfRows({ RED, node, config, place }: Handle): (msg: WardflowMessage) => Promise<readonly Wanted[]> {
  const rows = config.steps.map((step, at) => ({
    step,
    value: step.do === 'remove' ? undefined : expression(RED, node, `step ${at + 1}`, step.value, step.kind),
  }));
  return async (msg) => {
    const wanted: Wanted[] = [];
    for (const { step, value } of rows) {
      const result = await value?.evaluate(msg);
      if (value === undefined) wanted.push({ do: step.do, path: step.path, value: null });
      else if (result !== undefined && result !== null && result !== '')
        wanted.push({ do: step.do, path: step.path, value: result });
      // What is expected and cannot be told is no expectation that holds.
      else if (step.do === 'test')
        throw nodeErrors.create('expression-empty', { field: `steps: ${step.path}`, node: place.name });
    }
    refuseLarge(wanted, { field: 'steps', node: place.name }, LARGEST_RESOURCE);
    return wanted;
  };
}

function stepsGiven({ RED, node, config, place }: Handle): (msg: WardflowMessage) => Promise<readonly Wanted[]> {
  const where = { field: 'resource', node: place.name };
  const steps = expression(RED, node, 'resource', config.resource, config.resourceKind);
  return async (msg) => {
    const given = await steps.evaluate(msg);
    if (given === undefined || given === null) throw nodeErrors.create('expression-empty', where);
    const wanted = wantedOf(given);
    if (!wanted) throw nodeErrors.create('fhir-patch-wrong', where);
    refuseLarge(wanted, where, LARGEST_RESOURCE);
    return wanted;
  };
}

type Where = Readonly<Record<'field' | 'node', string>>;

function objectGiven(
  { RED, node, config, place }: Handle,
  limit: number,
): (msg: WardflowMessage) => Promise<Readonly<Record<string, unknown>>> {
  const where: Where = { field: 'resource', node: place.name };
  const resource = expression(RED, node, 'resource', config.resource, config.resourceKind);
  return async (msg) => {
    const value = await resource.evaluate(msg);
    if (value === undefined || value === null) throw nodeErrors.create('expression-empty', where);
    if (typeof value !== 'object' || Array.isArray(value))
      throw nodeErrors.create('expression-kind', { ...where, expected: 'one object' });
    refuseLarge(value, where, limit);
    return value as Readonly<Record<string, unknown>>;
  };
}

function refuseLarge(value: unknown, where: Where, limit: number): void {
  if (JSON.stringify(value).length > limit) throw nodeErrors.create('value-too-large', { ...where, limit });
}
