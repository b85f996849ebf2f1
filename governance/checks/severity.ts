import type { CheckCode } from './errors.ts';

/** `error`: it cannot work as it is, and approvers are told so first (decision 0014); a `warning` is for the reviewer to judge; a `notice` informs. */
export const SEVERITIES = ['error', 'warning', 'notice'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What is not listed is an error. */
const MILDER: Partial<Readonly<Record<CheckCode, Severity>>> = {
  'rule-rows-untested': 'notice',
  'rule-table-gap': 'warning',
  'rule-row-idle': 'warning',
  'rule-table-not-checked': 'notice',
  'path-not-answered': 'notice',
  'event-unknown': 'warning',
  'event-not-given': 'warning',
  'code-node': 'warning',
  'unmanaged-effect': 'warning',
  'unmanaged-source': 'warning',
  'foreign-node': 'warning',
  'intent-unused': 'notice',
  'map-unused': 'notice',
  'name-unbound': 'warning',
  'runbook-empty': 'warning',
  'fallback-trigger-idle': 'warning',
  'due-role-idle': 'warning',
  'review-overdue': 'warning',
  'suppression-over': 'warning',
  'scenarios-missing': 'warning',
};

export const severityOf = (code: CheckCode): Severity => MILDER[code] ?? 'error';
