/**
 * A line to the people at the console, as an effect. It is in the audit trail before the effect counts as done, and the list
 * of notices is read from there: the live change only says that there is something new to read.
 */
import type { ConsoleNotice, Engine } from '../engine.ts';
import type { EffectResult, EffectSpec } from '../effects/once.ts';
import type { AuditEntry } from '../store/contract/index.ts';

export interface NoticeRequest extends Pick<EffectSpec, 'work' | 'name' | 'discriminator'> {
  readonly escalationId: string | null;
  readonly messageId: string;
  readonly lane: string;
  /** The role or person as people call them. */
  readonly to: string;
  /** One line, PHI-free. */
  readonly text: string;
}

/** Target of every notice; the effect's result is the `ConsoleNotice`. */
export const NOTICE_TARGET = 'console: notice';
/** Audit type by which notices are listed. One that was sent again has the same `details.notice`. */
export const NOTICE_SHOWN = 'notice.shown';

export function tellConsole(
  { effects, store, clock, live }: Pick<Engine, 'effects' | 'store' | 'clock' | 'live'>,
  request: NoticeRequest,
): Promise<EffectResult> {
  const { work, name, discriminator, ...content } = request;
  const spec: EffectSpec = {
    work,
    name,
    discriminator,
    target: NOTICE_TARGET,
    version: '1',
    onAmbiguous: 'send-again',
    inside: true,
  };
  return effects.once(spec, async (effect) => {
    const notice: ConsoleNotice = { id: effect.key, at: clock.now(), definition: work.definition, ...content };
    await store.audit.append([noticeRecord(notice)]);
    live.publish({ kind: 'notice', notice });
    return { kind: 'done', result: notice, summary: `${content.to} told at the console` };
  });
}

export function noticeRecord(notice: ConsoleNotice): AuditEntry {
  const { id, at, escalationId, messageId, definition, lane, to, text } = notice;
  const details = { notice: id, escalation: escalationId, lane, to, text };
  return { at, type: NOTICE_SHOWN, actor: 'system', ...(messageId !== '' && { messageId }), definition, details };
}
