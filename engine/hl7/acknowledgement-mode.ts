/**
 * What a sender wants to hear (HL7 v2 chapter 2, sections 2.9.2 and 2.9.3; MSH-15, MSH-16 and table 0155). Pure.
 */
import type { Hl7Message } from './message.ts';

/** Always, never, on errors and rejections, on success. */
export type AckCondition = 'AL' | 'NE' | 'ER' | 'SU';

export interface AckConditions {
  /** MSH-15: of the accept acknowledgement (CA, CE, CR). */
  readonly accept: AckCondition;
  /** MSH-16: of the application acknowledgement (AA, AE, AR). */
  readonly application: AckCondition;
}

/** `undefined`: neither is stated, which is original mode (2.9.2). One alone leaves the other at NE. */
export function conditionsOf(message: Pick<Hl7Message, 'get'>): AckConditions | undefined {
  const [accept, application] = [conditionIn(message.get('MSH-15')), conditionIn(message.get('MSH-16'))];
  if (accept === undefined && application === undefined) return undefined;
  return { accept: accept ?? 'NE', application: application ?? 'NE' };
}

export function asksFor(condition: AckCondition, outcome: 'good' | 'bad'): boolean {
  switch (condition) {
    case 'AL':
      return true;
    case 'NE':
      return false;
    case 'ER':
      return outcome === 'bad';
    case 'SU':
      return outcome === 'good';
    default:
      return condition satisfies never;
  }
}

/** An accept acknowledgement is never answered itself (2.9.3): an answer to an answer has no end. */
export function isAcceptAcknowledgement(message: Pick<Hl7Message, 'get'>): boolean {
  return message.get('MSH-9.1') === 'ACK' && /^C[AER]$/.test(message.get('MSA-1').trim());
}

function conditionIn(stated: string): AckCondition | undefined {
  const value = stated.trim().toUpperCase();
  if (value === '' || value === '""') return undefined;
  // Whoever states something that is not in the table wants something: an answer too many is better than silence.
  return value === 'NE' || value === 'ER' || value === 'SU' ? value : 'AL';
}
