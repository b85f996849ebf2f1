import { hash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import type { Clock, Millis } from '../base/clock.ts';
import type { Ids } from '../base/ids.ts';
import type { LiveFeed } from '../engine.ts';
import { LANES, type AuditEntry, type AuditLog, type Escalation, type Escalations } from '../store/contract/index.ts';
import { againBeginner } from './begin-again.ts';
import { scheduleErrors } from './errors.ts';
import type { EndedBy, EscalatedFact, EscalationService, StartEscalation } from './escalation-service.ts';
import { escalationChild } from './escalation-work.ts';
import { MOST_STEPS } from './ladder-steps.ts';

export interface EscalationServiceOptions {
  readonly escalations: Escalations;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly live: Pick<LiveFeed, 'publish'>;
  /** A step is due at this moment. */
  readonly onDue: (at: Millis) => void;
  /** A child item was made. */
  readonly onWork: () => void;
}

/** Of one fact, one after the other. */
const MOST_OF_A_FACT = 1000;
const STARTED_BY = 'startedBy';
/** Titles and reasons are lines in lists. */
const LONGEST_LINE = 500;

export function createEscalationService(options: EscalationServiceOptions): EscalationService {
  const { escalations, audit, clock, ids, live } = options;

  async function end(id: string, state: 'acknowledged' | 'cancelled', endedBy: EndedBy): Promise<EndOutcome> {
    const escalation = await escalations.get(id);
    if (!escalation) return 'unknown';
    const by = endedBy.reason === undefined ? endedBy : { ...endedBy, reason: endedBy.reason.slice(0, LONGEST_LINE) };
    const now = clock.now();
    const child = escalationChild(escalation, 'ended', { kind: 'ended', escalationId: id, state }, ids, now);
    const details = { escalation: escalation.id, name: escalation.name, ladder: escalation.ladder, via: by.via };
    const entry: AuditEntry = {
      ...aboutEscalation(escalation, now),
      type: `escalation.${state}`,
      actor: by.actor,
      details: { ...details, stepsTold: escalation.nextStep },
      ...(by.reason !== undefined && { reason: by.reason }),
    };
    if (!(await escalations.end(id, state, by, now, child, entry))) return 'already-ended';
    options.onWork();
    live.publish({ kind: 'escalation', id });
    live.publish({ kind: 'message', id: escalation.messageId });
    return 'ended';
  }

  /**
   * All of the fact in the order in which they began, and which the next one is. Those of messages that retention has taken
   * are missing among them: they had ended, and whatever began after them counts all the same.
   */
  async function generations({ formerFacts = [], ...about }: EscalatedFact): Promise<{
    readonly all: readonly Escalation[];
    readonly next: number;
    readonly about: EscalatedFact;
  }> {
    const listed = await escalations.list({ fact: idOfFact(about), limit: MOST_OF_A_FACT });
    const [fact, ...rest] = formerFacts;
    if (listed.length === 0 && fact !== undefined) {
      const former = await generations({ ...about, fact, formerFacts: rest });
      return former.all.length > 0 ? former : { ...former, about };
    }
    const all = listed.toSorted((a, b) => (a.fact?.nth ?? 0) - (b.fact?.nth ?? 0));
    if (all.length === MOST_OF_A_FACT)
      throw scheduleErrors.create('fact-escalated-too-often', { most: MOST_OF_A_FACT });
    return { all, next: (all.at(-1)?.fact?.nth ?? -1) + 1, about };
  }

  /** Where to begin, or the escalation that is there. */
  async function placeFor(request: StartEscalation): Promise<Place | Escalation> {
    const { work, definition, name, discriminator, fact, formerFacts = [] } = request;
    if (fact === undefined) return { key: keyOf(work.messageId, definition, name, discriminator) };
    const { all, next, about } = await generations({ definition, name, fact, formerFacts });
    const meant = all.find((found) => isMeant(found, request));
    return meant ?? { key: keyOfFact(about, next), fact: { id: idOfFact(about), nth: next } };
  }

  async function start(request: StartEscalation): ReturnType<EscalationService['start']> {
    const { work, steps, name, definition } = request;
    if (steps.length === 0 || steps.length > MOST_STEPS) {
      throw scheduleErrors.create('ladder-steps-invalid', { ladder: request.ladder, most: MOST_STEPS });
    }
    const place = await placeFor(request);
    if ('id' in place) return { kind: place.messageId === work.messageId ? 'exists' : 'joined', escalation: place };
    const startedAt = clock.now();
    const { kind, escalation } = await escalations.start({
      id: ids.next(),
      key: place.key,
      ...(place.fact && { fact: place.fact }),
      messageId: work.messageId,
      workId: work.id,
      definition,
      subscription: request.source ?? `${definition}/${name}`,
      name,
      ladder: request.ladder,
      ladderVersion: request.ladderVersion,
      steps,
      exhausted: request.exhausted,
      startedAt,
      nextStep: 0,
      nextAt: startedAt + (steps[0]?.afterMs ?? 0),
      state: 'open',
      title: request.title.slice(0, LONGEST_LINE),
      lane: request.lane ?? work.lane,
      watch: request.watch,
      ...(request.task !== undefined && { task: request.task }),
      ...(request.patient !== undefined && { patient: request.patient }),
      ...(request.plan && { plan: request.plan }),
      carry: request.fact === undefined ? request.carry : carriedWith(request),
      correlationId: work.correlationId,
      traceparent: work.traceparent,
      endedAt: null,
      endedBy: null,
    });
    if (kind === 'started') {
      const details = { escalation: escalation.id, name, ladder: request.ladder, steps: steps.length };
      const actor = `flow:${definition}`;
      await audit.append([{ ...aboutEscalation(escalation, startedAt), type: 'escalation.started', actor, details }]);
      live.publish({ kind: 'escalation', id: escalation.id });
    }
    if (escalation.nextAt !== null) options.onDue(escalation.nextAt);
    // Two at once: another message's is the one while it is open, another result of this message needs one beside it.
    if (kind === 'exists' && request.fact !== undefined && !isMeant(escalation, request)) return start(request);
    const isOwn = kind === 'started' || escalation.messageId === work.messageId;
    return { kind: isOwn ? kind : 'joined', escalation };
  }

  return {
    start,

    async ofFact({ messageId, ...about }) {
      let meant: Escalation | undefined;
      for (const found of (await generations(about)).all) {
        if (found.messageId === messageId) break;
        if (!meant || !isOpen(meant) || (isOpen(found) && urgency(found.lane) <= urgency(meant.lane))) meant = found;
      }
      return meant;
    },

    async acknowledge(id, by) {
      const outcome = await end(id, 'acknowledged', by);
      return outcome === 'ended' ? 'acknowledged' : outcome;
    },

    async cancel(id, by) {
      const outcome = await end(id, 'cancelled', by);
      return outcome === 'ended' ? 'cancelled' : outcome;
    },

    beginAgain: againBeginner(options),
    keyOf,
  };
}

/** Of its fact: started for the same event of the same message, or by another message, still open, and telling as much. */
const isMeant = (found: Escalation, request: StartEscalation): boolean =>
  found.messageId === request.work.messageId
    ? startedBy(found) === request.discriminator
    : isOpen(found) && tellsAsMuch(found, request);

/** The same people as soon: a critical result must not rest on a ladder of routine reviews. */
const tellsAsMuch = (found: Escalation, { ladder, lane, work }: StartEscalation): boolean =>
  found.ladder === ladder && urgency(found.lane) <= urgency(lane ?? work.lane);

/** The smaller, the sooner. */
const urgency = (lane: string): number => LANES.findIndex((one) => one === lane);

const isOpen = ({ state }: Escalation): boolean => state === 'open' || state === 'exhausted';

/** With what tells escalations of one message apart: a redelivery finds its own among those of the fact. */
function carriedWith({ carry, discriminator }: StartEscalation): object {
  return { ...(carry as object | null), [STARTED_BY]: discriminator };
}

function startedBy({ carry }: Escalation): unknown {
  return (carry as Readonly<Record<string, unknown>> | null)?.[STARTED_BY];
}

interface Place {
  readonly key: string;
  readonly fact?: Escalation['fact'];
}

/** Hashed: a business key may be made of what names a patient. */
const idOfFact = ({ definition, name, fact }: EscalatedFact): string =>
  hash('sha256', canonicalJson({ definition, name, fact: fact.toWellFormed() }));

function keyOfFact({ definition, name, fact }: EscalatedFact, nth: number): string {
  return hash('sha256', canonicalJson({ definition, name, fact: fact.toWellFormed(), nth }));
}

type EndOutcome = 'ended' | 'already-ended' | 'unknown';

function keyOf(messageId: string, definition: string, name: string, discriminator: string): string {
  // The discriminator may come out of a message: a lone surrogate in it must not make the escalation impossible.
  return hash('sha256', canonicalJson({ messageId, definition, name, discriminator: discriminator.toWellFormed() }));
}

/** What every audit entry of an escalation says. */
export function aboutEscalation(
  escalation: Escalation,
  at: Millis,
): Pick<AuditEntry, 'at' | 'messageId' | 'workId' | 'definition'> {
  const { messageId, workId, definition } = escalation;
  return { at, messageId, workId, definition };
}
