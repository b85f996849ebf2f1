import type { CheckCode } from './errors.ts';

/** `error` keeps a definition from being submitted; a `warning` is for the reviewer to judge; a `notice` informs. */
export const SEVERITIES = ['error', 'warning', 'notice'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What is not listed is an error. */
const MILDER: Partial<Readonly<Record<CheckCode, Severity>>> = {
  'rule-rows-untested': 'notice',
  'code-node': 'warning',
  'unmanaged-effect': 'warning',
  'unmanaged-source': 'warning',
  'foreign-node': 'warning',
  'intent-unused': 'notice',
  'name-unbound': 'warning',
  'runbook-empty': 'warning',
  'review-overdue': 'warning',
  'scenarios-missing': 'warning',
};

export const severityOf = (code: CheckCode): Severity => MILDER[code] ?? 'error';
