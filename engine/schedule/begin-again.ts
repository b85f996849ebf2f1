/** A ladder that begins again: the same people, text and times, counted from now, under a key of its own. */
import { hash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import type { Clock, Millis } from '../base/clock.ts';
import type { Ids } from '../base/ids.ts';
import type { LiveFeed } from '../engine.ts';
import type { AuditLog, Escalation, Escalations } from '../store/contract/index.ts';
import type { EscalationService } from './escalation-service.ts';
import { ladderSteps } from './ladder-steps.ts';

export interface BeginAgainOptions {
  readonly escalations: Pick<Escalations, 'start' | 'list'>;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly live: Pick<LiveFeed, 'publish'>;
  readonly onDue: (at: Millis) => void;
}

const MOST_OF_A_FACT = 1000;

export function againBeginner(options: BeginAgainOptions): EscalationService['beginAgain'] {
  const { escalations, audit, clock, ids, live } = options;

  /** The newest of its fact, as those who ask by the fact must find it. */
  async function factOf({ fact }: Escalation): Promise<Pick<Escalation, 'fact'>> {
    if (!fact) return {};
    const all = await escalations.list({ fact: fact.id, limit: MOST_OF_A_FACT });
    return { fact: { id: fact.id, nth: Math.max(fact.nth, ...all.map((one) => one.fact?.nth ?? 0)) + 1 } };
  }

  return async (of, since) => {
    const root = of.again?.of ?? of.id;
    const startedAt = clock.now();
    const steps = of.plan ? ladderSteps(of.plan, startedAt) : of.steps;
    const { kind, escalation } = await escalations.start({
      ...of,
      ...(await factOf(of)),
      id: ids.next(),
      key: hash('sha256', canonicalJson({ again: root, since })),
      again: { of: root, since },
      steps,
      startedAt,
      nextStep: 0,
      nextAt: startedAt + (steps[0]?.afterMs ?? 0),
      state: 'open',
      watch: null,
      endedAt: null,
      endedBy: null,
    });
    if (kind === 'exists') return escalation;
    const { id, messageId, workId, definition, name, ladder, task = null } = escalation;
    await audit.append([
      {
        at: startedAt,
        type: 'escalation.restarted',
        actor: 'system',
        messageId,
        workId,
        definition,
        details: { escalation: id, name, ladder, steps: steps.length, task },
      },
    ]);
    live.publish({ kind: 'escalation', id });
    live.publish({ kind: 'message', id: messageId });
    if (escalation.nextAt !== null) options.onDue(escalation.nextAt);
    return escalation;
  };
}
