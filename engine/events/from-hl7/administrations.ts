/** RXA: medications that were given (RAS^O17) and vaccines (VXU^V04). */
import type { Hl7Segment } from '../../hl7/segment.ts';
import { keyTime } from '../envelope.ts';
import { numbersOf, orderGroups, preferredCoding, type OrderGroup } from './order-groups.ts';
import { text, time } from './read-parts.ts';
import { shellOf, subjectOf, tell, type CanonicalEvent, type MessageParts } from './reading.ts';

/** HL7 table 0322: refused, not administered. CVX 998 says that nothing was given. */
const NOT_GIVEN = new Set(['RE', 'NA']);
const NO_VACCINE = '998';

export function administrations(parts: MessageParts): CanonicalEvent[] {
  return given(parts, (group, rxa) => {
    if (text(rxa, '21') === 'D') return null;
    const subject = subjectOf(parts, group.pid, group.pv1);
    const { placer, filler } = numbersOf(group);
    const named = placer ?? filler;
    const medication = preferredCoding(rxa, 5);
    const administeredAt = time(rxa, '3', parts.context.zone);
    return tell(parts, subject.key, {
      name: 'medication.administered',
      key: [named, medication.code, keyTime(administeredAt)],
      fact: ['medication.administered', subject.key, named, medication.code, keyTime(administeredAt)],
      correction: text(rxa, '21') === 'U',
      time: administeredAt,
      isNamed: named !== null && administeredAt !== null,
      data: {
        ...shellOf(parts, subject),
        order: { placer, filler, service: { ...medication } },
        medication,
        amount: text(rxa, '6'),
        unit: text(rxa, '7'),
        administeredAt,
      },
    });
  });
}

export function immunizations(parts: MessageParts): CanonicalEvent[] {
  return given(parts, (group, rxa) => {
    const vaccine = preferredCoding(rxa, 5);
    if (vaccine.code === NO_VACCINE) return null;
    const subject = subjectOf(parts, group.pid, group.pv1);
    const { placer, filler } = numbersOf(group);
    const named = filler ?? placer;
    const occurredAt = time(rxa, '3', parts.context.zone);
    const action = text(rxa, '21');
    const key = [named, vaccine.code, keyTime(occurredAt)] as const;
    return tell(parts, subject.key, {
      name: action === 'D' ? 'immunization.withdrawn' : 'immunization.recorded',
      key,
      fact: ['immunization', subject.key, ...key],
      correction: action === 'D' || action === 'U',
      time: occurredAt,
      isNamed: named !== null && occurredAt !== null,
      data: {
        ...shellOf(parts, subject),
        number: named,
        vaccine,
        occurredAt,
        lot: text(rxa, '15'),
        amount: text(rxa, '6'),
        unit: text(rxa, '7.1'),
      },
    });
  });
}

function given(
  parts: MessageParts,
  eventOf: (group: OrderGroup, rxa: Hl7Segment) => CanonicalEvent | null,
): CanonicalEvent[] {
  const events: CanonicalEvent[] = [];
  for (const group of orderGroups(parts.message))
    for (const rxa of group.given) {
      const event = NOT_GIVEN.has(text(rxa, '20') ?? '') ? null : eventOf(group, rxa);
      if (event) events.push(event);
    }
  return events;
}
