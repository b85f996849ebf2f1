import type { Limits, Role, ServiceScope } from '../../api/permissions.ts';

/** What each role is for, in one line. */
export const ROLE_WORDS: Readonly<Record<Role, string>> = {
  administrator: 'manages accounts; does nothing with messages or flows',
  analyst: 'builds flows in staging',
  reviewer: 'reads flows that others built',
  'clinical-governance': 'answers for what flows do to patients; reads the audit',
  engineer: 'builds flows and the code in them',
  operator: 'keeps messages going: redrives, pauses, looks at content',
  coordinator: 'answers escalations, finds messages of a patient',
  auditor: 'sees what was done, and the content it was done with',
};

export const SCOPE_WORDS: Readonly<Record<ServiceScope, string>> = {
  'status:read': 'what runs and how much waits',
  'definition:read': 'which flows there are',
  'operations:read': 'figures: queues, reasons, endpoints',
  'notice:list': 'notices of the console',
  'audit:read': 'records of the audit',
  'audit:export': 'the audit as a file',
  'switch:set': 'pause and resume feeds, endpoints, flows',
  'release:read': 'what environments run and why',
};

/** `operator (discharge-follow-up, Laboratory), reviewer`. */
export function rolesInWords({ roles, limits }: { readonly roles: readonly Role[]; readonly limits: Limits }): string {
  const named = roles.map((role) => {
    const limit = limits[role];
    return limit ? `${role} (${[...limit.definitions, ...limit.serviceLines].join(', ')})` : role;
  });
  return named.join(', ');
}
