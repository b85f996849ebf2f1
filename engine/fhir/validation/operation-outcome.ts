import type { FhirResource } from '../endpoint.ts';
import type { ValidationOutcome } from './validation.ts';

/** As servers answer `$validate` (R4 4.24): one issue for each finding, and one that says all is well where there is none. */
export function operationOutcomeOf({ findings, more }: ValidationOutcome): FhirResource {
  const issue = findings.map(({ severity, code, path, text }) => {
    return { severity, code, details: { text }, expression: [path] };
  });
  const note = (text: string): object => ({ severity: 'information', code: 'informational', details: { text } });
  return {
    resourceType: 'OperationOutcome',
    issue: [
      ...issue,
      ...(more > 0 ? [note(`${more} more findings.`)] : []),
      ...(issue.length === 0 ? [note('No finding.')] : []),
    ],
  };
}
