import { hash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import type { Clock, Millis } from '../base/clock.ts';
import type { Ids } from '../base/ids.ts';
import type { LiveFeed } from '../engine.ts';
import type { AuditEntry, AuditLog, Escalation, Escalations } from '../store/contract/index.ts';
import { scheduleErrors } from './errors.ts';
import type { EndedBy, EscalationService } from './escalation-service.ts';
import { escalationChild } from './escalation-work.ts';

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

const MOST_STEPS = 100;
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

  return {
    async start(request) {
      const { work, steps, name, definition } = request;
      if (steps.length === 0 || steps.length > MOST_STEPS) {
        throw scheduleErrors.create('ladder-steps-invalid', { ladder: request.ladder, most: MOST_STEPS });
      }
      const startedAt = clock.now();
      const outcome = await escalations.start({
        id: ids.next(),
        key: keyOf(work.messageId, definition, name, request.discriminator),
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
        carry: request.carry,
        correlationId: work.correlationId,
        traceparent: work.traceparent,
        endedAt: null,
        endedBy: null,
      });
      const { escalation } = outcome;
      if (outcome.kind === 'started') {
        const details = { escalation: escalation.id, name, ladder: request.ladder, steps: steps.length };
        const actor = `flow:${definition}`;
        await audit.append([{ ...aboutEscalation(escalation, startedAt), type: 'escalation.started', actor, details }]);
        live.publish({ kind: 'escalation', id: escalation.id });
      }
      if (escalation.nextAt !== null) options.onDue(escalation.nextAt);
      return outcome;
    },

    async acknowledge(id, by) {
      const outcome = await end(id, 'acknowledged', by);
      return outcome === 'ended' ? 'acknowledged' : outcome;
    },

    async cancel(id, by) {
      const outcome = await end(id, 'cancelled', by);
      return outcome === 'ended' ? 'cancelled' : outcome;
    },

    keyOf,
  };
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
