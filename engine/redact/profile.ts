/**
 * What leaves in an export, a support bundle or a view that is passed on: a reviewed list of places with what becomes of each.
 * Whatever a profile does not name is masked, names of elements included: a sender may have put anything anywhere.
 */
import { describeProblems, schemaCheck } from '../base/json-schema.ts';
import { redactErrors } from './errors.ts';

/**
 * What becomes of a value. `keep` as it is; `mask` says only that there was one; `hash` tells equal ones of one export;
 * `drop` leaves it out. The others keep what has their form and mask all else: `time`, `number`, `flag` (true, false),
 * `id` (made here; others are hashed), `name` (of definitions, feeds, endpoints, codes), `type` (of R4), `resource` (by its own
 * rules), `{ table }` (a value of this HL7 table), `{ oneOf }`.
 */
export type RedactAction = (typeof WORDS)[number] | { readonly table: string } | { readonly oneOf: readonly string[] };

const WORDS = ['keep', 'mask', 'hash', 'drop', 'time', 'number', 'flag', 'id', 'name', 'type', 'resource'] as const;

/** Place -> action. The longest place that fits holds; `*` for all others, default `mask`. */
export type RedactRules = Readonly<Record<string, RedactAction>>;

/** Records of ours that are exported. */
export const REDACTED_RECORDS = ['message', 'problem', 'audit', 'log', 'status'] as const;
export type RedactedRecord = (typeof REDACTED_RECORDS)[number];

export interface RedactionProfile {
  readonly kind: 'redaction-profile';
  readonly format: 1;
  readonly name: string;
  readonly title: string;
  readonly owner: { readonly name: string; readonly contact: string };
  readonly reason: string;
  /** `PID`, `PID-3`, `PID-3.4` */
  readonly hl7: RedactRules;
  /** `Patient.gender`; `*.status` of every type. Places in lists are left out. */
  readonly fhir: RedactRules;
  /** `work.failure.code` */
  readonly records: Readonly<Partial<Record<RedactedRecord, RedactRules>>>;
}

export const PROFILE_NAME = /^[a-z][a-z0-9-]{0,62}$/;
const LARGEST = 1024 * 1024;

const action = {
  oneOf: [
    { enum: WORDS },
    {
      type: 'object',
      additionalProperties: false,
      required: ['table'],
      properties: { table: { type: 'string', pattern: '^\\d{4}$' } },
    },
    {
      type: 'object',
      additionalProperties: false,
      required: ['oneOf'],
      properties: { oneOf: { type: 'array', maxItems: 500, items: { type: 'string', maxLength: 100 } } },
    },
  ],
};
const rules = (places: string): object => ({
  type: 'object',
  maxProperties: 2000,
  propertyNames: { pattern: places },
  additionalProperties: action,
});
const text = { type: 'string', minLength: 1, maxLength: 500 };

const check = schemaCheck<RedactionProfile>({
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'format', 'name', 'title', 'owner', 'reason', 'hl7', 'fhir', 'records'],
  properties: {
    kind: { const: 'redaction-profile' },
    format: { const: 1 },
    name: { type: 'string', pattern: PROFILE_NAME.source },
    title: text,
    owner: {
      type: 'object',
      additionalProperties: false,
      required: ['name', 'contact'],
      properties: { name: text, contact: text },
    },
    reason: text,
    hl7: rules('^(?:\\*|[A-Z][A-Z0-9]{2}(?:-\\d{1,3}(?:\\.\\d{1,2})?)?)$'),
    fhir: rules('^(?:\\*|(?:\\*|[A-Z][A-Za-z]{1,63})(?:\\.[A-Za-z_][A-Za-z0-9]{0,63}){1,12})$'),
    records: {
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(
        REDACTED_RECORDS.map((name) => [
          name,
          rules('^(?:\\*|[A-Za-z][A-Za-z0-9]{0,63}(?:\\.[A-Za-z][A-Za-z0-9]{0,63}){0,12})$'),
        ]),
      ),
    },
  },
});

/** @throws WardflowError `redaction-invalid` with all that is wrong */
export function readProfile(name: string, given: string): RedactionProfile {
  const wrong = (problems: string): never => {
    throw redactErrors.create('redaction-invalid', { name, problems });
  };
  if (given.length > LARGEST) return wrong('it is larger than 1 MiB');
  let value: unknown;
  try {
    value = JSON.parse(given);
  } catch {
    return wrong('it is no JSON');
  }
  const problems = check.problems(value);
  if (problems.length > 0 || !check.accepts(value)) return wrong(describeProblems(problems));
  return value.name === name ? value : wrong('its name is not that of its file');
}
