import type { NodeAPI } from 'node-red';
import { sendsTo } from '../../engine/index.ts';
import type { ActionOutcome, EffectSpec, EffectTry, FhirResult, FhirEndpoint } from '../../engine/index.ts';
import { discriminator as discriminatorOf } from '../kit/discriminator.ts';
import { errorOf } from '../kit/failure.ts';
import { endpointName, endpointOf, outcomeOf, type FhirOutcome } from '../kit/fhir.ts';
import { noteRestated } from '../kit/restated.ts';
import { registerNode, servicesIn, type Behaviour, type NodeHandle } from '../kit/register.ts';
import { sayUnbound } from '../kit/say-unbound.ts';
import { EFFECTS, refuseSharedName } from '../kit/unique-name.ts';
import { fhirWrite, type FhirWriteProperties } from './config.ts';
import { preparing } from './prepare.ts';
import { previewing } from './preview.ts';

/** `msg.fhir`. `repeated`: it had happened at an earlier delivery and is not written again. */
export type FhirWritten = FhirOutcome & {
  /** Elements that were taken out before it was sent, such as `Task.note`. Absent: none. */
  readonly removed?: readonly string[];
  readonly repeated: boolean;
  /** The flow only recommends at present: nothing was written. */
  readonly recommended?: true;
};

/** `msg.fhir.entries` after a transaction: what became of each, in the order of the bundle. */
export interface FhirEntry {
  readonly status: number;
  /** `Task/12`; `null` where the server does not say. */
  readonly reference: string | null;
  readonly etag: string | null;
}

/** Larger resources are not kept with the effect's outcome (which may be 64 KiB): a repeat reads them instead. */
const KEPT_RESOURCE = 48 * 1024;

/** An outcome that the store kept only the summary of. */
const UNKNOWN: FhirOutcome = { status: 200, id: null, reference: null, etag: null, resource: null };

/** Of what was only recommended. */
const NOTHING: FhirOutcome = { ...UNKNOWN, status: 0 };

export default function fhirWriteNode(RED: NodeAPI): void {
  const build = (handle: NodeHandle<FhirWriteProperties>): Behaviour => {
    const { config, services } = handle;
    const name = endpointName(handle, config.endpoint);
    sayUnbound(handle, () => services.engine.endpoints.get(name));
    const together = config.operation === 'transaction';
    const type = together ? 'Bundle' : config.resourceType.trim();
    refuseSharedName(RED, handle.node, EFFECTS, config.effect.trim());
    const discriminate = discriminatorOf(RED, handle.node, config.discriminator);
    const prepare = preparing(handle);
    return {
      async receive(msg, send) {
        const { context, work } = handle.workOf(msg);
        const write = await prepare(msg);
        // By the definition that the message began under, as its rules are.
        const { intent } = await services.pinnedDefinition(context);
        const sends = sendsTo(intent, name);
        const { definition } = work;
        const { messageId, definitionVersion } = context;
        const endpointFor = ({ key, maybeDone }: EffectTry): FhirEndpoint => {
          const origin = { key, definition, definitionVersion, messageId, maybeDone };
          return endpointOf(handle, name, work.lane, { sends, origin });
        };
        const discriminator = await discriminate(msg);
        await noteRestated(services, msg, context.messageId, discriminator);
        const spec: EffectSpec = {
          work,
          name: config.effect.trim(),
          // Part of the key: as it has always been written.
          target: `${name}: ${config.operation} ${type}`,
          discriminator,
          version: config.version.trim(),
          onAmbiguous: 'look-first',
          content: write.content,
        };
        const result = await services.engine.effects.once(spec, async (effect) =>
          together
            ? actedAll(await write.run(endpointFor(effect), effect))
            : acted(type, await write.run(endpointFor(effect), effect)),
        );
        if (result.kind === 'failed') throw errorOf(result.failure);
        if (result.kind === 'recommended') {
          msg['fhir'] = { ...NOTHING, repeated: false, recommended: true } satisfies FhirWritten;
          services.note(msg, 'Recommended, not carried out.');
          if (config.finish) services.settle(msg, { kind: 'done' });
          else send(msg);
          return;
        }
        const kept = (result.record.result as FhirOutcome | null) ?? UNKNOWN;
        // A bundle's answer is nowhere to be read again; what became of its entries is kept.
        const now = together || !result.repeated ? kept : await whole(kept, type, endpointOf(handle, name, work.lane));
        const written = { ...now, repeated: result.repeated };
        msg['fhir'] = written satisfies FhirWritten;
        services.note(
          msg,
          `${result.record.summary ?? 'written'}${result.repeated ? ' (at an earlier delivery)' : ''}`,
        );
        if (config.finish) services.settle(msg, { kind: 'done' });
        else send(msg);
      },
    };
  };
  registerNode(RED, fhirWrite, build, {
    ofAnything: previewing({
      writesAt(endpoint) {
        try {
          return servicesIn(RED)?.engine.endpoints.get(endpoint).writes;
        } catch {
          // Not bound here: what the definition sends is shown all the same.
          return undefined;
        }
      },
      validate: (resource) => servicesIn(RED)?.engine.validator.validate(resource),
    }),
  });
}

function acted(type: string, result: FhirResult): ActionOutcome {
  if (!result.ok) return { kind: 'failed', failure: result.failure };
  const outcome = outcomeOf(type, result.answer);
  const small = JSON.stringify(outcome.resource).length <= KEPT_RESOURCE;
  const summary = `${outcome.reference ?? type} ${result.answer.status === 201 ? 'created' : 'is there'}, ${outcome.status}`;
  return done(small ? outcome : { ...outcome, resource: null }, summary, result.answer.removed);
}

function actedAll(result: FhirResult): ActionOutcome {
  if (!result.ok) return { kind: 'failed', failure: result.failure };
  const { status, resource: bundle } = result.answer;
  const given: unknown = bundle?.['entry'];
  const entries = (Array.isArray(given) ? given : []).map(entryOf);
  const outcome = { status, id: null, reference: null, etag: null, resource: bundle, entries };
  const small = JSON.stringify(outcome).length <= KEPT_RESOURCE;
  const created = entries.filter((entry) => entry.status === 201).length;
  const summary = `${entries.length} entries written together, ${created} created, ${status}`;
  return done(small ? outcome : { ...outcome, resource: null }, summary, result.answer.removed);
}

/** What was taken out is part of what was done: kept with it, and told in the trace. */
function done(outcome: object, summary: string, removed: readonly string[] = []): ActionOutcome {
  if (removed.length === 0) return { kind: 'done', result: outcome, summary };
  const named = removed.slice(0, MOST_NAMED).join(', ');
  const more = removed.length > MOST_NAMED ? ` and ${removed.length - MOST_NAMED} more` : '';
  return {
    kind: 'done',
    result: { ...outcome, removed: removed.slice(0, 100) },
    summary: `${summary}; not sent: ${named}${more}`,
  };
}

const MOST_NAMED = 6;

function entryOf(entry: unknown): FhirEntry {
  const { response } = (entry ?? {}) as { readonly response?: Readonly<Record<string, unknown>> };
  const { status, location, etag } = response ?? {};
  const place = typeof location === 'string' ? LOCATION.exec(location)?.[1] : undefined;
  return {
    status: typeof status === 'string' ? Number.parseInt(status, 10) || 0 : 0,
    reference: place ?? null,
    etag: typeof etag === 'string' ? etag.slice(0, 100) : null,
  };
}

/** Relative or absolute, with or without its version. */
const LOCATION = /(?:^|\/)([A-Z][A-Za-z]{1,63}\/[A-Za-z0-9.-]{1,64})(?:\/_history\/[A-Za-z0-9.-]{1,64})?$/;

async function whole(kept: FhirOutcome, type: string, endpoint: FhirEndpoint): Promise<FhirOutcome> {
  if (kept.resource !== null || kept.id === null) return kept;
  const read = await endpoint.read(type, kept.id);
  return read.ok ? { ...kept, resource: read.answer.resource } : kept;
}
