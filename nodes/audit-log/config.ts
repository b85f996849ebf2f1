/** A sentence in the audit trail. */
import { namedValues, needed, valueKind, type NamedValue, type ValueKind } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface AuditLogProperties {
  readonly name: string;
  /** What happened, one line without patient data. */
  readonly text: string;
  readonly textKind: ValueKind;
  /** Codes, counts and names; each at most 120 characters. */
  readonly details: readonly NamedValue[];
  /** Ends the branch here instead of sending on. */
  readonly finish: boolean;
}

export const auditLogOutputs = (all: Pick<AuditLogProperties, 'finish'>): number => (all.finish ? 0 : 1);

export const auditLog: NodeDeclaration<AuditLogProperties> = {
  type: 'audit log',
  properties: {
    name: { value: '' },
    text: { value: '', expression: 'textKind', check: needed },
    textKind: { value: 'str', check: valueKind },
    details: { value: [], check: namedValues(/^[A-Za-z][\w-]{0,39}$/, 12) },
    finish: { value: false },
  },
};
