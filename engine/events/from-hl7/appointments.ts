/** SIU: appointments. SCH names them; where they are set, TQ1, SCH-11 or the resources say when. */
import { hash, keyTime } from '../envelope.ts';
import { isNews, type StateStatement } from '../event-state.ts';
import { preferredCoding } from './order-groups.ts';
import { text, time } from './read-parts.ts';
import { shellOf, subjectOf, tell, type EventReading, type MessageParts } from './reading.ts';
import { unmapped } from './unmapped.ts';

/** S23 and S24 block and open slots, and are about no appointment. */
const NAMES = {
  S12: 'appointment.booked',
  S13: 'appointment.rescheduled',
  S14: 'appointment.updated',
  S15: 'appointment.cancelled',
  S16: 'appointment.cancelled',
  S17: 'appointment.cancelled',
  S18: 'appointment.updated',
  S19: 'appointment.updated',
  S20: 'appointment.updated',
  S21: 'appointment.updated',
  S22: 'appointment.updated',
  S26: 'appointment.missed',
} as const;

/** Where a resource says when it is needed. */
const STARTS = [
  ['AIS', '4'],
  ['AIG', '8'],
  ['AIL', '6'],
  ['AIP', '6'],
] as const;

export function readAppointment(parts: MessageParts, trigger: string): EventReading {
  const name = Object.hasOwn(NAMES, trigger) ? NAMES[trigger as keyof typeof NAMES] : undefined;
  if (name === undefined) return { statements: [], events: () => [unmapped(parts, 'trigger-unknown')] };
  const { message, context } = parts;
  const sch = message.segment('SCH');
  if (!sch) return { statements: [], events: () => [unmapped(parts, 'states-nothing')] };
  const subject = subjectOf(parts, message.segment('PID'), message.segment('PV1'));
  const [placer, filler] = [text(sch, '1'), text(sch, '2')];
  const number = filler ?? placer;
  const start = startOf(parts);
  const tq1 = message.segment('TQ1');
  const statement: StateStatement | null =
    number !== null && subject.isIdentified
      ? {
          key: `appointment:${hash([subject.key, number]).slice(0, 32)}`,
          at: parts.recordedAt,
          happened: parts.recordedAt,
          fields: { status: name, start: keyTime(start) },
          moved: ['status'],
        }
      : null;
  return {
    statements: statement === null ? [] : [statement],
    events(before) {
      const known = statement !== null && Object.hasOwn(before, statement.key) ? before[statement.key] : undefined;
      const data = {
        ...shellOf(parts, subject),
        appointment: {
          placer,
          filler,
          start,
          end: time(tq1, '8', context.zone) ?? time(sch, '11.5', context.zone),
          status: text(sch, '25'),
          type: preferredCoding(sch, 8),
          reason: named(preferredCoding(sch, 7)) ?? preferredCoding(sch, 6),
        },
      };
      const shared = [number, keyTime(start)] as const;
      return [
        tell(parts, subject.key, {
          name,
          key: name === 'appointment.updated' ? [...shared, hash([JSON.stringify(data.appointment)])] : shared,
          ...(number !== null && { fact: ['appointment', number] }),
          correction: name !== 'appointment.booked',
          late: statement !== null && !isNews(statement, 'status', known),
          // Of an appointment, when it was made or changed; its start is in the data.
          time: parts.happened ?? context.statedAt,
          isNamed: number !== null && start !== null,
          data,
        }),
      ];
    },
  };
}

const named = <T extends { readonly code: string | null; readonly display: string | null }>(coding: T): T | null =>
  coding.code === null && coding.display === null ? null : coding;

function startOf({ message, context: { zone } }: MessageParts): string | null {
  const stated = time(message.segment('TQ1'), '7', zone) ?? time(message.segment('SCH'), '11.4', zone);
  if (stated !== null) return stated;
  for (const [segment, field] of STARTS) {
    const found = time(message.segment(segment), field, zone);
    if (found !== null) return found;
  }
  return null;
}
