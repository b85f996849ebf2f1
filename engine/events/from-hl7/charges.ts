/** DFT: each FT1 is a charge or a credit. */
import { keyTime } from '../envelope.ts';
import { NO_CODING, text, time } from './read-parts.ts';
import { preferredCoding } from './order-groups.ts';
import { shellOf, subjectOf, tell, type CanonicalEvent, type MessageParts } from './reading.ts';

export function charges(parts: MessageParts): CanonicalEvent[] {
  const { message, context } = parts;
  const subject = subjectOf(parts, message.segment('PID'), message.segment('PV1'));
  const events: CanonicalEvent[] = [];
  for (const ft1 of message.segments('FT1')) {
    const number = text(ft1, '2');
    // FT1-25 is the procedure, FT1-7 the charge master's own code.
    const procedure = preferredCoding(ft1, 25);
    const code = procedure === NO_CODING ? preferredCoding(ft1, 7) : procedure;
    const postedAt = time(ft1, '4', context.zone);
    // Without a number, only its place in the message tells one charge from the next.
    const shared = [number ?? `#${events.length + 1}`, code.code, keyTime(postedAt)] as const;
    events.push(
      tell(parts, subject.key, {
        name: 'charge.posted',
        key: shared,
        fact: ['charge', subject.key, ...shared],
        time: postedAt ?? parts.happened,
        isNamed: number !== null,
        data: {
          ...shellOf(parts, subject),
          charge: { number, type: text(ft1, '6'), code: { ...code }, quantity: text(ft1, '10'), postedAt },
        },
      }),
    );
  }
  return events;
}
