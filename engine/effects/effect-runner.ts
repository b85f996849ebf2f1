/** Acting on the outside world once for each key; see once.ts for what callers may rely on. */
import { hash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import type { Clock } from '../base/clock.ts';
import { WardflowError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { failureOf } from '../queue/failure.ts';
import type { Dispatcher } from '../queue/source.ts';
import {
  LARGEST_REQUEST_BYTES,
  type AuditLog,
  type EffectBegin,
  type EffectIdentity,
  type Effects,
  type Failure,
} from '../store/contract/index.ts';
import { effectErrors } from './errors.ts';
import type { ActionOutcome, EffectResult, EffectRunner, EffectSpec, EffectTry } from './once.ts';
import { recordable } from './recordable-result.ts';

export interface EffectRunnerOptions {
  readonly effects: Effects;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly dispatcher: Pick<Dispatcher, 'holdLease'>;
  /** This life of the process: what an earlier one left in flight is ambiguous. */
  readonly owner: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Where an item only recommends: takes what it would have done. */
  readonly recommends?: (work: EffectSpec['work']) => ((what: string) => void) | undefined;
}

type Action = (effect: EffectTry) => Promise<ActionOutcome>;

/** Deliveries whose contents are remembered: far more than can be in flight. */
const REMEMBERED = 20_000;

export function createEffectRunner(options: EffectRunnerOptions): EffectRunner {
  const { effects, audit, dispatcher, owner, clock, log } = options;
  /** By key: a redelivery that overtakes the first delivery in this life waits for it instead of acting beside it. */
  const acting = new Map<string, Promise<EffectResult>>();
  /** Tries have an owner each: one whose outcome could not be recorded (a full disk) is ambiguous to the next, not in flight. */
  let tries = 0;
  const asked = new Map<string, string>();

  /** A redelivery may come with other contents (the flow was mended); one delivery may not. */
  function contradicts(key: string, { work, content }: EffectSpec): boolean {
    if (content === undefined) return false;
    const delivery = `${work.id}/${work.fence}/${key}`;
    const wanted = hash('sha256', content);
    const before = asked.get(delivery);
    if (before !== undefined) return before !== wanted;
    asked.set(delivery, wanted);
    for (const oldest of asked.keys()) {
      if (asked.size <= REMEMBERED) break;
      asked.delete(oldest);
    }
    return false;
  }

  async function attempt(identity: EffectIdentity, spec: EffectSpec, action: Action): Promise<EffectResult> {
    const { request } = spec;
    if (request && request.length > LARGEST_REQUEST_BYTES) {
      const details = { effect: spec.name, limit: LARGEST_REQUEST_BYTES };
      return { kind: 'failed', failure: failureOf(effectErrors.create('effect-request-too-large', details)) };
    }
    const startedAt = clock.now();
    const begin = await effects.begin(identity, `${owner}#${++tries}`, startedAt, request);
    switch (begin.kind) {
      case 'recorded':
        return { kind: 'done', record: begin.record, repeated: true };
      case 'in-flight':
        return { kind: 'failed', failure: failureOf(effectErrors.create('effect-in-flight', { effect: spec.name })) };
      case 'act':
        return act(identity, spec, action, begin, startedAt);
      default:
        return never(begin);
    }
  }

  async function act(
    identity: EffectIdentity,
    spec: EffectSpec,
    action: Action,
    begin: EffectBegin & { kind: 'act' },
    startedAt: number,
  ): Promise<EffectResult> {
    const maybeDone = begin.after === 'ambiguous';
    const unknown = failureOf(effectErrors.create('outcome-unknown', { effect: spec.name }));
    if (maybeDone && spec.onAmbiguous === 'person-decides') {
      await effects.finish(identity.key, { state: 'ambiguous', failure: unknown }, clock.now());
      return { kind: 'failed', failure: unknown };
    }

    const request = begin.request ?? spec.request;
    const effect: EffectTry = { key: identity.key, attempt: begin.tries, maybeDone, ...(request && { request }) };
    const outcome = await dispatcher.holdLease(spec.work, guarded(spec, effect, action));
    if (outcome.kind === 'failed') return recordFailure(identity, spec, outcome.failure, unknown, maybeDone);

    const { result, problem } = recordable(outcome.result);
    if (problem) log.warn(`The result of an effect ${problem}; only its summary is kept.`, { effect: spec.name });
    const endedAt = clock.now();
    const { summary } = outcome;
    const { messageId, workId, definition, target } = identity;
    // Asked for in one turn, so that a store with group commit makes both durable together.
    await Promise.all([
      effects.finish(identity.key, { state: 'done', result, summary }, endedAt),
      audit.append([
        {
          at: endedAt,
          type: 'effect.done',
          actor: `flow:${definition}`,
          messageId,
          workId,
          definition,
          details: { effect: identity.name, target, key: identity.key, summary, tries: begin.tries, looked: maybeDone },
        },
      ]),
    ]);
    const ended = { state: 'done', startedAt, endedAt, tries: begin.tries, result, summary, failure: null } as const;
    return { kind: 'done', record: { ...identity, ...ended }, repeated: false };
  }

  async function recordFailure(
    identity: EffectIdentity,
    spec: EffectSpec,
    failure: Failure,
    unknown: Failure,
    maybeDone: boolean,
  ): Promise<EffectResult> {
    // That this try did not happen (it was not even sent, say) tells nothing about the one before.
    const state = maybeDone || failure.class === 'ambiguous' ? 'ambiguous' : 'failed';
    const forPerson = failure.class === 'ambiguous' && spec.onAmbiguous === 'person-decides';
    const told = forPerson ? { ...unknown, text: `${unknown.text} (${failure.code})` } : failure;
    await effects.finish(identity.key, { state, failure: told }, clock.now());
    return { kind: 'failed', failure: told };
  }

  async function guarded(spec: EffectSpec, effect: EffectTry, action: Action): Promise<ActionOutcome> {
    try {
      return await action(effect);
    } catch (error) {
      if (error instanceof WardflowError) return { kind: 'failed', failure: failureOf(error) };
      log.error('An action threw an error that is not in the catalogue.', { effect: spec.name, error });
      const interrupted = effectErrors.create('effect-interrupted', { effect: spec.name });
      return { kind: 'failed', failure: failureOf(interrupted) };
    }
  }

  return {
    async once(spec, action) {
      const { name, target, discriminator, version, work } = spec;
      const { messageId, definition } = work;
      const key = keyOf({ messageId, definition, name, target, discriminator, version });
      if (contradicts(key, spec)) {
        return { kind: 'failed', failure: failureOf(effectErrors.create('effect-content-differs', { effect: name })) };
      }
      const recommend = spec.inside === true ? undefined : options.recommends?.(work);
      if (recommend) {
        // What an earlier delivery did is a fact.
        const record = await effects.get(key);
        if (record?.state === 'done') return { kind: 'done', record, repeated: true };
        recommend(`${target} (${name})`);
        return { kind: 'recommended', target };
      }
      const running = acting.get(key);
      if (running) {
        const result = await running;
        return result.kind === 'done' ? { ...result, repeated: true } : result;
      }
      const identity = { key, messageId, workId: work.id, name, definition, target, discriminator, version };
      const result = attempt(identity, spec, action);
      acting.set(key, result);
      try {
        return await result;
      } finally {
        acting.delete(key);
      }
    },
    keyOf,
  };
}

type EffectParts = Parameters<EffectRunner['keyOf']>[0];

/** Only the parts by name: whatever else an object carries must not change the key. */
function keyOf({ messageId, definition, name, target, discriminator, version }: EffectParts): string {
  // A discriminator may come out of a message: a lone surrogate in it must not make the effect impossible.
  const own = discriminator.toWellFormed();
  return hash('sha256', canonicalJson({ messageId, definition, name, target, discriminator: own, version }));
}

function never(begin: never): never {
  throw new TypeError(`not a begin of an effect: ${JSON.stringify(begin)}`);
}
