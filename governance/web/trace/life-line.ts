import type { MessageDetail } from '../../api/runtime-shapes.ts';
import { answerWords } from '../../api/answer-words.ts';
import type { Tone } from '../states/message-state.ts';
import { exactTime } from '../time/duration.ts';

/** Something that happened to the message, and how long nothing did before it. */
export interface LifeEvent {
  readonly at: number;
  readonly what: string;
  readonly detail: string | null;
  readonly tone: Tone;
  /** Milliseconds since the event before; `null` for the first. */
  readonly after: number | null;
  /** What that time was: waiting, or work. */
  readonly gap: string | null;
}

interface Raw {
  readonly at: number;
  readonly what: string;
  readonly detail?: string | null;
  readonly tone?: Tone;
  readonly gap?: string;
}

/** received -> answered -> taken up -> (tried again) -> settled, with the escalations' ends, in order of time. */
export function lifeLine(detail: MessageDetail): readonly LifeEvent[] {
  const { message, work, escalations, resends, acknowledgement } = detail;
  const events: Raw[] = [
    { at: message.receivedAt, what: 'Received and on disk', detail: `feed ${message.feed}`, tone: 'info' },
  ];
  if (message.answeredAt !== null)
    events.push({
      at: message.answeredAt,
      what: `Answered ${message.answer.code}`,
      detail: ANSWERS[message.answer.code] ?? null,
      tone: message.answer.code.endsWith('A') ? 'ok' : 'danger',
    });
  if (acknowledgement && acknowledgement.madeAt !== null && message.resendOf === null)
    events.push({
      at: acknowledgement.madeAt,
      what: `Answered ${acknowledgement.code ?? ''}: what became of it`,
      detail: answerWords(acknowledgement, exactTime),
      tone: acknowledgement.code === 'AA' ? 'ok' : 'danger',
      gap: 'until the flow knew',
    });
  const several = new Set(work.map((item) => item.definition)).size > 1;
  for (const item of work) {
    const name = item.parentWorkId === null ? (several ? item.definition : null) : (item.childKind ?? 'follow-up');
    for (const attempt of item.attempts) {
      const first = attempt.attempt === 1;
      events.push({
        at: attempt.startedAt,
        what: `${first ? 'Taken up' : `Tried again (attempt ${attempt.attempt})`}${name === null ? '' : `: ${name}`}`,
        gap: first ? 'in the queue' : 'waiting for the retry',
        tone: 'info',
      });
      if (attempt.endedAt === null) continue;
      const end = ENDS[attempt.outcome];
      events.push({
        at: attempt.endedAt,
        what: `${end.what}${name === null ? '' : `: ${name}`}`,
        detail: attempt.failure?.text ?? null,
        tone: end.tone,
        gap: 'in the flow',
      });
    }
    if (item.discardReason !== null && item.settledAt !== null)
      events.push({ at: item.settledAt, what: 'Discarded', detail: item.discardReason, tone: 'plain' });
  }
  for (const escalation of escalations) {
    events.push({ at: escalation.startedAt, what: 'Escalation started', detail: escalation.title, tone: 'warn' });
    if (escalation.endedAt !== null)
      events.push({
        at: escalation.endedAt,
        what: escalation.state === 'acknowledged' ? 'Acknowledged' : 'Escalation ended',
        detail: escalation.endedBy
          ? `by ${escalation.endedBy.actor.replace(/^user:/, '')}, ${escalation.endedBy.via}`
          : null,
        tone: escalation.state === 'acknowledged' ? 'ok' : 'plain',
        gap: 'waiting for an answer',
      });
  }
  for (const resend of resends)
    events.push({
      at: resend.receivedAt,
      what: 'Sent again by the sender',
      detail: 'answered as before, not processed twice',
      tone: 'plain',
    });

  const ordered = events.toSorted((a, b) => a.at - b.at);
  return ordered.map((event, index) => {
    const before = ordered[index - 1];
    return {
      at: event.at,
      what: event.what,
      detail: event.detail ?? null,
      tone: event.tone ?? 'plain',
      after: before ? event.at - before.at : null,
      gap: before ? (event.gap ?? null) : null,
    };
  });
}

const ANSWERS: Readonly<Record<string, string>> = {
  AA: 'the sender knows that it is safe',
  AE: 'the sender was told that it could not be taken',
  AR: 'the sender was told that it was refused',
  CA: 'the sender knows that it is safe, and hears later what became of it',
  CE: 'the sender was told that it could not be read',
  CR: 'the sender was told that it was refused',
};

const ENDS = {
  running: { what: 'In the flow', tone: 'info' },
  done: { what: 'Done', tone: 'ok' },
  retry: { what: 'Did not succeed', tone: 'warn' },
  dead: { what: 'Failed', tone: 'danger' },
  interrupted: { what: 'Interrupted', tone: 'warn' },
  held: { what: 'Held for a person', tone: 'warn' },
} as const satisfies Record<string, { what: string; tone: Tone }>;
