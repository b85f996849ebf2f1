/** All errors of the engine, by part. The parts above it are listed where the reference is made (scripts/docs/parts.ts). */
import type { ErrorEntry, FailureClass } from './base/errors.ts';
import { acknowledgementErrors } from './acknowledgements/errors.ts';
import { alertErrors } from './alerts/errors.ts';
import { configErrors } from './config/errors.ts';
import { definitionErrors } from './definitions/errors.ts';
import { effectErrors } from './effects/errors.ts';
import { conversionErrors } from './events/to-fhir/errors.ts';
import { engineErrors } from './errors.ts';
import { expressionErrors } from './expressions/errors.ts';
import { fallbackErrors } from './fallback/errors.ts';
import { fhirErrors } from './fhir/errors.ts';
import { subscriptionErrors } from './fhir/subscriptions/errors.ts';
import { validationErrors } from './fhir/validation/errors.ts';
import { hl7Errors } from './hl7/errors.ts';
import { httpErrors } from './http/errors.ts';
import { intakeErrors } from './intake/errors.ts';
import { mllpErrors } from './mllp/errors.ts';
import { operationErrors } from './operations/errors.ts';
import { endpointErrors } from './endpoints/errors.ts';
import { problemErrors } from './problems/errors.ts';
import { queueErrors } from './queue/errors.ts';
import { redactErrors } from './redact/errors.ts';
import { identityErrors } from './identity/errors.ts';
import { reconcileErrors } from './reconcile/errors.ts';
import { reportErrors } from './reports/errors.ts';
import { ruleErrors } from './rules/errors.ts';
import { ruleJudgeErrors } from './rule-judge/errors.ts';
import { scheduleErrors } from './schedule/errors.ts';
import { mongoErrors } from './store/mongo/errors.ts';
import { storeErrors } from './store/sqlite/errors.ts';
import { taskErrors } from './tasks/errors.ts';

export interface CataloguePart {
  /** For people. */
  readonly title: string;
  /** Folder or file of the declarations, from the root of the repository. */
  readonly file: string;
  /** By code. */
  readonly entries: Readonly<Record<string, ErrorEntry>>;
}

export const ENGINE_CATALOGUE: readonly CataloguePart[] = [
  { title: 'Settings, bindings, run.json', file: 'engine/config/errors.ts', entries: configErrors.entries },
  { title: 'Definitions', file: 'engine/definitions/errors.ts', entries: definitionErrors.entries },
  { title: 'Rule tables', file: 'engine/rules/errors.ts', entries: ruleErrors.entries },
  { title: 'Rule tables being written', file: 'engine/rule-judge/errors.ts', entries: ruleJudgeErrors.entries },
  { title: 'HTTP servers', file: 'engine/http/errors.ts', entries: httpErrors.entries },
  { title: 'HL7 v2', file: 'engine/hl7/errors.ts', entries: hl7Errors.entries },
  { title: 'HL7 v2 to FHIR', file: 'engine/events/to-fhir/errors.ts', entries: conversionErrors.entries },
  { title: 'MLLP', file: 'engine/mllp/errors.ts', entries: mllpErrors.entries },
  { title: 'Intake', file: 'engine/intake/errors.ts', entries: intakeErrors.entries },
  { title: 'Acknowledgements', file: 'engine/acknowledgements/errors.ts', entries: acknowledgementErrors.entries },
  { title: 'Operations', file: 'engine/operations/errors.ts', entries: operationErrors.entries },
  { title: 'Work queue', file: 'engine/queue/errors.ts', entries: queueErrors.entries },
  { title: 'Effects', file: 'engine/effects/errors.ts', entries: effectErrors.entries },
  { title: 'Escalations', file: 'engine/schedule/errors.ts', entries: scheduleErrors.entries },
  { title: 'Tasks', file: 'engine/tasks/errors.ts', entries: taskErrors.entries },
  { title: 'Redaction', file: 'engine/redact/errors.ts', entries: redactErrors.entries },
  { title: 'Reports', file: 'engine/reports/errors.ts', entries: reportErrors.entries },
  { title: 'Alerts', file: 'engine/alerts/errors.ts', entries: alertErrors.entries },
  { title: 'Fallbacks', file: 'engine/fallback/errors.ts', entries: fallbackErrors.entries },
  { title: 'Reported problems', file: 'engine/problems/errors.ts', entries: problemErrors.entries },
  { title: 'Endpoints', file: 'engine/endpoints/errors.ts', entries: endpointErrors.entries },
  { title: 'Expressions', file: 'engine/expressions/errors.ts', entries: expressionErrors.entries },
  { title: 'FHIR', file: 'engine/fhir/errors.ts', entries: fhirErrors.entries },
  { title: 'Subscriptions', file: 'engine/fhir/subscriptions/errors.ts', entries: subscriptionErrors.entries },
  { title: 'FHIR validation', file: 'engine/fhir/validation/errors.ts', entries: validationErrors.entries },
  { title: 'Patient identity', file: 'engine/identity/errors.ts', entries: identityErrors.entries },
  { title: 'Reconciling', file: 'engine/reconcile/errors.ts', entries: reconcileErrors.entries },
  { title: 'Store', file: 'engine/store/sqlite/errors.ts', entries: storeErrors.entries },
  { title: 'Store on MongoDB', file: 'engine/store/mongo/errors.ts', entries: mongoErrors.entries },
  { title: 'Engine', file: 'engine/errors.ts', entries: engineErrors.entries },
];

/** Of a code as it was kept; `undefined`: no part of the engine has it. */
export function failureClassOf(code: string): FailureClass | undefined {
  return ENGINE_CATALOGUE.find(({ entries }) => Object.hasOwn(entries, code))?.entries[code]?.class;
}
