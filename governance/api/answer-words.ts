/** What the sender of a message is told of it after it was kept (enhanced mode), in words. Pure. */
import type { AcknowledgementRecord } from '../../engine/index.ts';

const MADE_BY: Readonly<Record<NonNullable<AcknowledgementRecord['madeBy']>, string>> = {
  flow: 'by the flow',
  ended: 'by the engine: its processing ended without an answer',
  deadline: 'by the engine: no flow answered in time',
  unrouted: 'by the engine: no flow takes it',
};

/** `time`: how a moment is written there. */
export function answerWords(record: AcknowledgementRecord, time: (at: number) => string): string {
  const { state, code, madeBy, deliveredAt, dueAt, lapseAt, endpoint, tries, failureCode } = record;
  const made = `${code ?? ''} ${madeBy === null ? '' : MADE_BY[madeBy]}`.trim();
  switch (state) {
    case 'awaited':
      return `awaited until ${time(dueAt)}`;
    case 'made': {
      const way = endpoint === null ? 'with its next resend' : `to ${endpoint}`;
      const failed = failureCode === null ? '' : `, ${tries} failed: ${failureCode}`;
      return `${made}, not delivered yet: goes ${way}${failed}, until ${time(lapseAt)}`;
    }
    case 'delivered':
      return `${made}, delivered${endpoint === null ? '' : ` to ${endpoint}`}${deliveredAt === null ? '' : ` ${time(deliveredAt)}`}`;
    case 'unwanted':
      return `${made}, not sent: the sender asks for none of this outcome`;
    case 'lapsed':
      return `${made}, never delivered: nobody took it`;
    default:
      return state satisfies never;
  }
}

/** What was answered at once, and whether that left. */
export function firstAnswerWords(code: string, sent: string | null, unsent: string): string {
  if (code === '') return 'nothing at once: the sender asks for no accept acknowledgement';
  return sent === null ? `${code}, ${unsent}` : `${code}${sent}`;
}
