/**
 * What people do about an alert: they look, take it over, act, and close it with what it was worth. Counting and telling go on
 * beside that and contradict nobody, so `seen` is stale only where a person has answered since.
 */
import type { Clock, Millis } from '../base/clock.ts';
import type { LiveFeed } from '../engine.ts';
import { isOver, type AlertDismissal, type AlertRecord, type AuditEntry, type Store } from '../store/contract/index.ts';
import { alertErrors } from './errors.ts';

export interface AlertAnswers {
  /** First look of a person; later ones, and those at an alert that is over, change nothing. @throws `alert-unknown` */
  open(id: string, actor: string): Promise<AlertRecord>;
  /**
   * Takes it over: what is still to be told of its beginning is not told any more. Again by the same person it is as it was.
   * @param task through which it was answered
   * @throws `alert-unknown`, `alert-stale`, `alert-over`
   */
  acknowledge(id: string, seen: number, actor: string, task?: string): Promise<AlertRecord>;
  /**
   * Something was done about it; who does that has taken it over. The first time counts.
   * @throws `alert-unknown`, `alert-stale`, `alert-over`, `alert-text-needed`
   */
  act(id: string, seen: number, what: string, actor: string): Promise<AlertRecord>;
  /**
   * @param dismissal why it should not have been told; `null`: it was right, and is dealt with
   * @param task whose completion ends it
   * @throws `alert-unknown`, `alert-stale`, `alert-over`, `alert-text-needed` (for `other`)
   */
  close(id: string, seen: number, dismissal: AlertDismissal | null, actor: string, task?: string): Promise<AlertRecord>;
}

export interface AnswerOptions {
  readonly store: Pick<Store, 'alerts'>;
  readonly clock: Clock;
  readonly live: Pick<LiveFeed, 'publish'>;
}

export const LONGEST_ANSWER = 500;
/** Kept with an alert. */
const MOST_ACTS = 50;
/** Changes that a storm may make between reading and writing it. */
const MOST_TRIES = 200;

interface Answer {
  readonly over: Partial<AlertRecord>;
  readonly type: 'alert.opened' | 'alert.acknowledged' | 'alert.acted' | 'alert.closed';
  readonly details?: AuditEntry['details'];
}

export function createAlertAnswers({ store: { alerts }, clock, live }: AnswerOptions): AlertAnswers {
  /** @param make `null`: it is as it is to be already */
  async function answer(
    id: string,
    actor: string,
    make: (alert: AlertRecord, at: Millis) => Answer | null,
  ): Promise<AlertRecord> {
    let found = await alerts.get(id);
    for (let i = 0; i < MOST_TRIES; i++) {
      if (!found) throw alertErrors.create('alert-unknown');
      const at = clock.now();
      const made = make(found, at);
      if (!made) return found;
      const version = found.version + 1;
      const { messageId, definition, title, tier, policy } = found;
      const next: AlertRecord = {
        ...found,
        ...made.over,
        version,
        openedAt: found.openedAt ?? at,
        ...(made.type !== 'alert.opened' && { answered: version }),
      };
      const changed = await alerts.change(id, found.version, next, null, {
        at,
        type: made.type,
        actor,
        messageId,
        definition,
        details: { alert: id, title, tier, policy, ...made.details },
      });
      if (changed.kind === 'unknown') throw alertErrors.create('alert-unknown');
      found = changed.alert;
      if (changed.kind === 'stale') continue;
      live.publish({ kind: 'alert', id });
      return found;
    }
    throw alertErrors.create('alert-stale', { state: found?.state ?? 'unknown' });
  }

  return {
    open: (id, actor) =>
      answer(id, actor, (alert) =>
        alert.openedAt !== null || isOver(alert.state) ? null : { over: {}, type: 'alert.opened' },
      ),

    acknowledge: (id, seen, actor, task) =>
      answer(id, actor, (alert, at) => {
        if (alert.state === 'acknowledged' && alert.acknowledged?.by === actor) return null;
        demandSeen(alert, seen);
        // It was in sight as such: there is nothing to take over.
        if (alert.state !== 'open') throw alertErrors.create('alert-stale', { state: alert.state });
        const details = task === undefined ? {} : { details: { task } };
        return { over: taken(alert, actor, at, task), type: 'alert.acknowledged', ...details };
      }),

    async act(id, seen, what, actor) {
      const said = textOf(what, 'what was done');
      return answer(id, actor, (alert, at) => {
        demandSeen(alert, seen);
        const acts = [...(alert.acts ?? []), { by: actor, at, what: said }].slice(-MOST_ACTS);
        return { over: { ...taken(alert, actor, at), actedAt: alert.actedAt ?? at, acts }, type: 'alert.acted' };
      });
    },

    async close(id, seen, dismissal, actor, task) {
      const text = dismissal?.text?.trim() ?? '';
      const said = dismissal?.reason === 'other' || text !== '' ? textOf(text, 'why') : null;
      return answer(id, actor, (alert, at) => {
        demandSeen(alert, seen);
        return {
          over: {
            state: 'closed',
            ended: {
              by: actor,
              at,
              dismissal: dismissal && { reason: dismissal.reason, text: said },
              ...(task !== undefined && { task }),
            },
          },
          type: 'alert.closed',
          details: { dismissal: dismissal?.reason ?? null, ...(task !== undefined && { task }) },
        };
      });
    },
  };
}

/** A storm that counts and a channel that tells make versions, too: only what a person has said since is missed. */
function demandSeen({ state, version, answered = 0 }: AlertRecord, seen: number): void {
  if (isOver(state)) throw alertErrors.create('alert-over', { state });
  if (seen < answered || seen > version) throw alertErrors.create('alert-stale', { state });
}

function taken(alert: AlertRecord, by: string, at: Millis, task?: string): Pick<AlertRecord, 'state' | 'acknowledged'> {
  const now = { by, at, ...(task !== undefined && { task }) };
  return { state: 'acknowledged', acknowledged: alert.acknowledged ?? now };
}

function textOf(given: string, field: string): string {
  const text = given.trim().toWellFormed();
  if (text === '' || text.length > LONGEST_ANSWER)
    throw alertErrors.create('alert-text-needed', { field, limit: LONGEST_ANSWER });
  return text;
}
