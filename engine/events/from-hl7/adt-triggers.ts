/** What a trigger of HL7 table 0003 says by itself; the rest follows from the difference to what was known. */

export type Trigger =
  /** Begins a stay: expected, or begun; A04 by its patient class. */
  | 'preadmit'
  | 'admit'
  | 'register'
  | 'transfer'
  /** Outpatient becomes inpatient, and the other way. */
  | 'to-inpatient'
  | 'to-outpatient'
  | 'discharge'
  | 'plan-discharge'
  | 'cancel-plan'
  | 'cancel-admit'
  | 'cancel-transfer'
  | 'cancel-discharge'
  | 'leave'
  | 'return'
  /** Says that something may be different, and not what. */
  | 'update'
  | 'person'
  | 'new-person'
  | 'merge'
  | 'identifier';

/**
 * Reviewed against table 0003 of HL7 2.5.1. Not in here, and so `message.unmapped`: A15, A26 (pending transfer), A19 (query), A20
 * (bed), A23, A29 (delete), A24, A37 (link), A32, A33 (cancel tracking), A35, A41, A42, A44, A45, A49, A50, A51 (accounts and
 * visits merged, moved or renumbered), A43 (identifiers moved), A60 to A62.
 */
export const TRIGGERS: Readonly<Record<string, Trigger>> = {
  A01: 'admit',
  A02: 'transfer',
  A03: 'discharge',
  A04: 'register',
  A05: 'preadmit',
  A06: 'to-inpatient',
  A07: 'to-outpatient',
  A08: 'update',
  A09: 'update',
  A10: 'update',
  A11: 'cancel-admit',
  A12: 'cancel-transfer',
  A13: 'cancel-discharge',
  A14: 'preadmit',
  A16: 'plan-discharge',
  A17: 'transfer',
  A18: 'merge',
  A21: 'leave',
  A22: 'return',
  A25: 'cancel-plan',
  A27: 'cancel-admit',
  A28: 'new-person',
  A30: 'merge',
  A31: 'person',
  A34: 'merge',
  A36: 'merge',
  A38: 'cancel-admit',
  A39: 'merge',
  A40: 'merge',
  A46: 'identifier',
  A47: 'identifier',
  A48: 'identifier',
  // A21 taken back, and A22 taken back.
  A52: 'return',
  A53: 'leave',
  A54: 'update',
  A55: 'update',
};
