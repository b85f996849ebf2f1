/** Merges and renumberings: MRG says what a record was known by before. */
import type { Hl7Segment } from '../../hl7/segment.ts';
import type { PatientRef } from '../clinical-event.ts';
import { statedKey } from '../envelope.ts';
import { personFrom } from './read-parts.ts';
import { copyOf, personOf, subjectOf, tell, type CanonicalEvent, type MessageParts, type Subject } from './reading.ts';

/** A40 may hold several groups of PID and MRG; more than anybody merges at once are a mistake. */
const MOST_MERGES = 100;

export function merges(parts: MessageParts, first: Subject): CanonicalEvent[] {
  const events = new Map<string, CanonicalEvent>();
  let survivor = first;
  for (const segment of parts.message.segments()) {
    if (segment.name === 'PID') survivor = subjectOf(parts, segment, undefined);
    if (segment.name !== 'MRG') continue;
    const merged = previousIdentifiers(segment);
    if (!merged?.identifier || !survivor.patient.identifier) continue;
    // As stated: whoever it is known by now is told by the event's subject.
    const prior = statedKey(merged.identifier);
    // Some senders repeat the surviving number in MRG: nothing is merged into itself.
    if (prior === statedKey(survivor.patient.identifier)) continue;
    const event = tell(parts, survivor.key, {
      name: 'patient.merged',
      key: [prior],
      isNamed: true,
      data: { ...personOf(parts, survivor.patient), merged: copyOf(merged) },
    });
    events.set(event.id, event);
    if (events.size === MOST_MERGES) break;
  }
  return [...events.values()];
}

/** MRG-1, else MRG-4 (retained for old senders); MRG-7 is the name. */
export function previousIdentifiers(mrg: Hl7Segment | undefined): PatientRef | null {
  const now = personFrom(mrg, { identifiers: '1', name: '7' });
  if (now.identifier !== null) return now;
  const old = personFrom(mrg, { identifiers: '4', name: '7' });
  return old.identifier === null ? null : old;
}
