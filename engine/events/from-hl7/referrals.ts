/** REF: referrals. */
import { hash } from '../envelope.ts';
import { preferredCoding } from './order-groups.ts';
import { text, time } from './read-parts.ts';
import { shellOf, subjectOf, tell, type CanonicalEvent, type MessageParts } from './reading.ts';

/** I15 asks for a status, and states nothing. */
const NAMES = { I12: 'referral.received', I13: 'referral.updated', I14: 'referral.cancelled' } as const;
export type ReferralTrigger = keyof typeof NAMES;
export const isReferralTrigger = (trigger: string): trigger is ReferralTrigger => Object.hasOwn(NAMES, trigger);

export function referral(parts: MessageParts, trigger: ReferralTrigger): CanonicalEvent[] {
  const { message, context } = parts;
  const rf1 = message.segment('RF1');
  if (!rf1) return [];
  const subject = subjectOf(parts, message.segment('PID'), message.segment('PV1'));
  const [originating, external] = [text(rf1, '6'), text(rf1, '11')];
  const number = originating ?? external;
  const name = NAMES[trigger];
  const data = {
    ...shellOf(parts, subject),
    referral: {
      originating,
      external,
      status: preferredCoding(rf1, 1),
      priority: preferredCoding(rf1, 2),
      type: preferredCoding(rf1, 3),
      reason: preferredCoding(rf1, 10),
      effectiveAt: time(rf1, '7', context.zone),
    },
  };
  return [
    tell(parts, subject.key, {
      name,
      key: name === 'referral.updated' ? [number, hash([JSON.stringify(data.referral)])] : [number],
      ...(number !== null && { fact: ['referral', subject.key, number] }),
      correction: name !== 'referral.received',
      time: parts.happened ?? context.statedAt,
      isNamed: number !== null,
      data,
    }),
  ];
}
