import type { NodeAPI } from 'node-red';
import { EFFECT_IDENTIFIER_SYSTEM } from '../../engine/index.ts';
import type { ActionOutcome, EffectSpec, EffectTry, FhirEndpoint, FhirResult } from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { discriminator as discriminatorOf } from '../kit/discriminator.ts';
import { nodeErrors } from '../kit/errors.ts';
import { expression } from '../kit/expression.ts';
import { errorOf } from '../kit/failure.ts';
import { endpointName, endpointOf, outcomeOf, resourceId, type FhirOutcome } from '../kit/fhir.ts';
import { noteRestated } from '../kit/restated.ts';
import { registerNode, type NodeHandle } from '../kit/register.ts';
import { sayUnbound } from '../kit/say-unbound.ts';
import { EFFECTS, refuseSharedName } from '../kit/unique-name.ts';
import { fhirWrite, type FhirWriteProperties } from './config.ts';
import { changed, toCreate } from './resource.ts';

/** `msg.fhir`. `repeated`: it had happened at an earlier delivery and is not written again. */
export type FhirWritten = FhirOutcome & { readonly repeated: boolean };

/** Larger resources are not kept with the effect's outcome (which may be 64 KiB): a repeat reads them instead. */
const KEPT_RESOURCE = 48 * 1024;
const LARGEST_RESOURCE = 1024 * 1024;

/** An outcome that the store kept only the summary of. */
const UNKNOWN: FhirOutcome = { status: 200, id: null, reference: null, etag: null, resource: null };

interface Write {
  /** What is written, for telling two writes of one delivery apart. */
  readonly content: string;
  run(endpoint: FhirEndpoint, effect: EffectTry): Promise<FhirResult>;
}

export default function fhirWriteNode(RED: NodeAPI): void {
  registerNode(RED, fhirWrite, (handle) => {
    const { config, services } = handle;
    const name = endpointName(handle, config.endpoint);
    sayUnbound(handle, () => services.engine.endpoints.get(name));
    const type = config.resourceType.trim();
    refuseSharedName(RED, handle.node, EFFECTS, config.effect.trim());
    const discriminate = discriminatorOf(RED, handle.node, config.discriminator);
    const prepare = config.operation === 'create' ? creating(handle, type) : updating(handle, type);
    return {
      async receive(msg, send) {
        const { context, work } = handle.workOf(msg);
        const write = await prepare(msg);
        const endpoint = endpointOf(handle, name, work.lane);
        const discriminator = await discriminate(msg);
        await noteRestated(services, msg, context.messageId, discriminator);
        const spec: EffectSpec = {
          work,
          name: config.effect.trim(),
          target: `${name}: ${config.operation} ${type}`,
          discriminator,
          version: config.version.trim(),
          onAmbiguous: 'look-first',
          content: write.content,
        };
        const result = await services.engine.effects.once(spec, async (effect) =>
          acted(type, await write.run(endpoint, effect)),
        );
        if (result.kind === 'failed') throw errorOf(result.failure);
        const kept = (result.record.result as FhirOutcome | null) ?? UNKNOWN;
        const written = { ...(await whole(kept, type, endpoint, result.repeated)), repeated: result.repeated };
        msg['fhir'] = written satisfies FhirWritten;
        services.note(
          msg,
          `${result.record.summary ?? 'written'}${result.repeated ? ' (at an earlier delivery)' : ''}`,
        );
        if (config.finish) services.settle(msg, { kind: 'done' });
        else send(msg);
      },
    };
  });
}

function acted(type: string, result: FhirResult): ActionOutcome {
  if (!result.ok) return { kind: 'failed', failure: result.failure };
  const outcome = outcomeOf(type, result.answer);
  const small = JSON.stringify(outcome.resource).length <= KEPT_RESOURCE;
  const summary = `${outcome.reference ?? type} ${result.answer.status === 201 ? 'created' : 'is there'}, ${outcome.status}`;
  return { kind: 'done', result: small ? outcome : { ...outcome, resource: null }, summary };
}

async function whole(kept: FhirOutcome, type: string, endpoint: FhirEndpoint, repeated: boolean): Promise<FhirOutcome> {
  if (kept.resource !== null || kept.id === null || !repeated) return kept;
  const read = await endpoint.read(type, kept.id);
  return read.ok ? { ...kept, resource: read.answer.resource } : kept;
}

function creating(handle: NodeHandle<FhirWriteProperties>, type: string): (msg: WardflowMessage) => Promise<Write> {
  const given = elements(handle);
  return async (msg) => {
    const resource = toCreate(type, await given(msg));
    if (!resource) throw nodeErrors.create('resource-type-differs', { node: handle.place.name, expected: type });
    return {
      content: JSON.stringify(resource),
      run: (endpoint, effect) =>
        endpoint.createOnce(
          resource,
          { system: EFFECT_IDENTIFIER_SYSTEM, value: effect.key },
          { lookFirst: effect.maybeDone },
        ),
    };
  };
}

function updating(handle: NodeHandle<FhirWriteProperties>, type: string): (msg: WardflowMessage) => Promise<Write> {
  const { RED, node, config, place } = handle;
  const reference = expression(RED, node, 'reference', config.reference, 'jsonata');
  const given = elements(handle);
  return async (msg) => {
    const id = resourceId(type, await reference.string(msg), { field: 'reference', node: place.name });
    const wanted = await given(msg);
    return {
      content: JSON.stringify([id, wanted]),
      run: (endpoint) => endpoint.update(type, id, (current) => changed(current, wanted)),
    };
  };
}

function elements(
  handle: NodeHandle<FhirWriteProperties>,
): (msg: WardflowMessage) => Promise<Readonly<Record<string, unknown>>> {
  const { RED, node, config, place } = handle;
  const where = { field: 'resource', node: place.name };
  const resource = expression(RED, node, 'resource', config.resource, 'jsonata');
  return async (msg) => {
    const value = await resource.evaluate(msg);
    if (value === undefined || value === null) throw nodeErrors.create('expression-empty', where);
    if (typeof value !== 'object' || Array.isArray(value)) {
      throw nodeErrors.create('expression-kind', { ...where, expected: 'one object' });
    }
    if (JSON.stringify(value).length > LARGEST_RESOURCE) {
      throw nodeErrors.create('value-too-large', { ...where, limit: LARGEST_RESOURCE });
    }
    return value as Readonly<Record<string, unknown>>;
  };
}
