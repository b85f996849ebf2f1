/** MDM: documents. Their content stays in the message. */
import { keyTime } from '../envelope.ts';
import { preferredCoding } from './order-groups.ts';
import { text, time } from './read-parts.ts';
import { shellOf, subjectOf, tell, type CanonicalEvent, type MessageParts } from './reading.ts';

/** T03/T04 another state, T05/T06 an addendum, T07/T08 an edit, T09/T10 a replacement. */
const AMENDED = 'document.amended';
const NAMES = {
  ...({ T01: 'document.available', T02: 'document.available' } as const),
  ...({ T03: AMENDED, T04: AMENDED, T05: AMENDED, T06: AMENDED } as const),
  ...({ T07: AMENDED, T08: AMENDED, T09: AMENDED, T10: AMENDED } as const),
  ...({ T11: 'document.cancelled' } as const),
} as const;
export type DocumentTrigger = keyof typeof NAMES;
export const isDocumentTrigger = (trigger: string): trigger is DocumentTrigger => Object.hasOwn(NAMES, trigger);

export function documentEvent(parts: MessageParts, trigger: DocumentTrigger): CanonicalEvent[] {
  const { message, context } = parts;
  const txa = message.segment('TXA');
  if (!txa) return [];
  const subject = subjectOf(parts, message.segment('PID'), message.segment('PV1'));
  const [number, parent, status] = [text(txa, '12'), text(txa, '13'), text(txa, '17')];
  const originatedAt = time(txa, '6', context.zone) ?? time(txa, '4', context.zone);
  const name = NAMES[trigger];
  return [
    tell(parts, subject.key, {
      name,
      key: name === AMENDED ? [number, parent, status, keyTime(parts.happened ?? context.statedAt)] : [number],
      ...(number !== null && { fact: ['document', subject.key, number] }),
      correction: name !== 'document.available',
      time: parts.happened ?? context.statedAt,
      isNamed: number !== null,
      data: {
        ...shellOf(parts, subject),
        document: { number, parent, type: preferredCoding(txa, 2), status, originatedAt },
      },
    }),
  ];
}
