import type { Clock, Millis } from '../base/clock.ts';
import { WardflowError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { LiveFeed } from '../engine.ts';
import type { FhirEndpoint, FhirEndpoints, FhirResource } from '../fhir/endpoint.ts';
import { isOurs } from '../fhir/identifier.ts';
import type { AuditEntry, Difference, EffectRecord, Store } from '../store/contract/index.ts';
import { afterLook } from './after-look.ts';
import { reconcileErrors } from './errors.ts';
import { LONGEST_REASON } from './longest-reason.ts';
import { look } from './look.ts';
import type { Reconciler, Round } from './reconciler.ts';
import { sendsOf } from './sends-of.ts';
import { writtenBy, type Written } from './written.ts';

export interface ReconcilerOptions {
  readonly store: Pick<Store, 'effects' | 'differences' | 'work' | 'definitions'>;
  readonly endpoints: Pick<FhirEndpoints, 'get'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly live: Pick<LiveFeed, 'publish'>;
  /** How old a write may be that is looked at; `null`: none is. */
  readonly windowMs: Millis | null;
  /** Writes that servers are asked about in one round; default 40. */
  readonly perRound?: number;
}

const PER_ROUND = 40;
/** Open ones of a round, so that new writes have their turn, too. */
const OPEN_PER_ROUND = 15;
/** Effects read in one round: most are no writes on FHIR servers. */
const READ_PER_ROUND = 1000;
const PAGE = 100;
/** A server may index late, and a flow may be about to change what it has just written. */
const SETTLES_MS = 5 * 60_000;
/** What was found as it should be is looked at again after so long. */
const AGAIN_MS = 6 * 3_600_000;
const LONGEST_ROUND_MS = 60_000;
const TRIES = 5;

interface Tally {
  looked: number;
  unknown: number;
  found: number;
  readonly ends: number;
  /** Servers that did not answer: the rest of the round is for the others. */
  readonly away: Set<string>;
}

export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { store, endpoints, clock, log, live, windowMs, perRound = PER_ROUND } = options;
  const { effects, differences } = store;
  /** Where the last round ended; none: begin with the newest. */
  let place: number | undefined;

  const isOver = (tally: Tally): boolean => tally.looked >= perRound || performance.now() > tally.ends;

  async function openOnes(tally: Tally): Promise<void> {
    const open = await differences.list({ states: ['open'], limit: 1000 });
    const longest = open.toSorted((a, b) => a.checkedAt - b.checkedAt).slice(0, OPEN_PER_ROUND);
    for (const one of longest) {
      if (isOver(tally)) return;
      const effect = await effects.get(one.effectKey);
      const written = effect && writtenBy(effect).find(({ id }) => id === one.id);
      if (effect && written) await compare(written, effect, one, tally);
    }
  }

  async function newOnes(window: Millis, tally: Tally): Promise<void> {
    for (let read = 0; read < READ_PER_ROUND && !isOver(tally); read += PAGE) {
      const page = await effects.done(place === undefined ? { limit: PAGE } : { after: place, limit: PAGE });
      for (const effect of page.records) {
        // A page is looked at to its end, so that a place is never inside one.
        const at = effect.endedAt ?? effect.startedAt;
        if (at > clock.now() - SETTLES_MS || at < clock.now() - window) continue;
        for (const written of writtenBy(effect)) await unlessLookedAt(written, effect, tally);
      }
      const isBehind = page.records.some(({ startedAt }) => startedAt < clock.now() - window);
      place = page.after === null || isBehind ? undefined : page.after;
      if (place === undefined) return;
    }
  }

  async function unlessLookedAt(written: Written, effect: EffectRecord, tally: Tally): Promise<void> {
    if (tally.looked >= perRound * 2) return;
    const before = await differences.get(written.id);
    if (before && (before.state === 'open' || before.checkedAt > clock.now() - AGAIN_MS)) return;
    await compare(written, effect, before, tally);
  }

  async function compare(
    written: Written,
    effect: EffectRecord,
    before: Difference | undefined,
    tally: Tally,
  ): Promise<void> {
    const endpoint = tally.away.has(written.endpoint) ? null : endpointOf(written.endpoint);
    if (!endpoint) return;
    tally.looked += 1;
    const finding = await look(endpoint, written);
    if (finding === 'away' || finding === 'refused') {
      tally.unknown += 1;
      if (finding === 'away') tally.away.add(written.endpoint);
      return;
    }
    const { next, audit } = afterLook(before, written, effect, finding, clock.now());
    const entry = audit && auditOf(next, audit, 'system', { found: next.found, before: before?.found ?? null });
    if ((await differences.put(next.version - 1, next, entry)) === 'stale') return;
    if (audit === 'difference.found') tally.found += 1;
    if (audit) live.publish({ kind: 'message', id: next.messageId });
  }

  /** `null`: no longer bound. */
  function endpointOf(name: string): FhirEndpoint | null {
    try {
      return endpoints.get(name, 'bulk');
    } catch {
      return null;
    }
  }

  /** Gives what of it the definition or the binding no longer lets be sent. */
  async function writeAgain(difference: Difference): Promise<readonly string[]> {
    const effect = await effects.get(difference.effectKey);
    const written = effect && writtenBy(effect).find(({ id }) => id === difference.id);
    const why = whyNot(difference, written);
    if (why !== null || !written?.identifier || !written.content)
      throw reconcileErrors.create('difference-not-repeatable', { why: why ?? 'its effect is gone' });
    const reviewed = effect && (await sendsOf(store, effect.workId, written.endpoint));
    if (!reviewed)
      throw reconcileErrors.create('difference-not-repeatable', {
        why: 'the version of the definition that wrote it is not kept, so nothing says what it may send',
      });
    // Of the server's answer, which holds what it and others added as well, only that goes which was reviewed.
    const { id: _, meta: __, text: ___, ...content } = withoutOurs(written.content);
    const endpoint = endpoints.get(written.endpoint, 'routine', { sends: reviewed.sends });
    const result = await endpoint.createOnce(content, written.identifier, { lookFirst: true });
    if (result.ok) return result.answer.removed ?? [];
    const { class: failureClass, code, text, remedy = '' } = result.failure;
    throw new WardflowError(code, { class: failureClass, text, remedy });
  }

  async function openOne(id: string, seen: Millis): Promise<Difference> {
    const found = await differences.get(id);
    if (!found) throw reconcileErrors.create('difference-unknown');
    if (found.since !== seen) throw reconcileErrors.create('difference-stale', { state: found.state });
    if (found.state !== 'open') throw reconcileErrors.create('difference-not-open', { state: found.state });
    return found;
  }

  return {
    async round() {
      const tally: Tally = {
        looked: 0,
        unknown: 0,
        found: 0,
        ends: performance.now() + LONGEST_ROUND_MS,
        away: new Set(),
      };
      if (windowMs !== null) {
        await openOnes(tally);
        await newOnes(windowMs, tally);
      }
      const { looked, unknown, found } = tally;
      if (found > 0)
        log.warn('FHIR servers hold something else than what was written.', { part: 'reconcile', count: found });
      return { looked, unknown, found } satisfies Round;
    },

    async settle(id, { seen, how, reason: given, actor }) {
      const reason = given.trim();
      if (reason === '' || reason.length > LONGEST_REASON)
        throw reconcileErrors.create('difference-reason-wrong', { limit: LONGEST_REASON });
      const first = await openOne(id, seen);
      const removed = how === 'again' ? await writeAgain(first) : [];
      const at = clock.now();
      // A round may have looked meanwhile: that it found the same is no reason to ask again.
      for (let found = first, left = TRIES; ; left -= 1) {
        const next: Difference = {
          ...found,
          version: found.version + 1,
          state: 'settled',
          settled: { by: actor, at, how, reason },
        };
        const details = { after: how, found: found.found, ...(removed.length > 0 && { removed }) };
        const entry = auditOf(next, 'difference.settled', actor, details, reason);
        if ((await differences.put(found.version, next, { ...entry, at })) === 'kept') {
          live.publish({ kind: 'message', id: next.messageId });
          return next;
        }
        if (left === 0) throw reconcileErrors.create('difference-stale', { state: found.state });
        found = await openOne(id, seen);
      }
    },
  };
}

/** Our identifier is put there anew: nobody is to read that it was taken out. */
function withoutOurs(resource: FhirResource): FhirResource {
  const { identifier, ...rest } = resource;
  const others = (Array.isArray(identifier) ? identifier : [identifier]).filter((one) => one && !isOurs(one));
  return others.length === 0 ? rest : resource;
}

/** `null`: it can be written again. */
function whyNot({ found }: Difference, written: Written | undefined): string | null {
  if (found !== 'missing') return 'the server has something there';
  if (!written) return 'its effect is gone';
  if (!written.identifier) return 'it was not created by us';
  return written.content === null ? 'what was written was too large to be kept' : null;
}

function auditOf(
  difference: Difference,
  type: AuditEntry['type'],
  actor: string,
  details: Readonly<Record<string, unknown>>,
  reason?: string,
): AuditEntry {
  const { id, resourceType, endpoint, messageId, workId, definition, checkedAt } = difference;
  return {
    at: checkedAt,
    type,
    actor,
    messageId,
    workId,
    definition,
    details: { difference: id, type: resourceType, endpoint, ...details },
    ...(reason !== undefined && { reason }),
  };
}
