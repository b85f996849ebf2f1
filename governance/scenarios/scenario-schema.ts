/** The JSON Schema of scenario files. Unknown keys are refused: a misspelt expectation would expect nothing. */
import { schemaCheck, TASK_STEPS, type SchemaCheck } from '../../engine/index.ts';
import { CHANNEL_FAULT_KINDS } from './people.ts';
import { EXPECTATION_KINDS, FAULT_KINDS, type Scenario } from './scenario.ts';

const text = (maxLength: number): object => ({ type: 'string', minLength: 1, maxLength });
const object = (required: readonly string[], properties: object): object => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});
const NAME = {
  type: 'string',
  pattern: '^[a-z][a-z0-9-]{0,62}$',
  description: 'a name of small letters, digits and -',
};
const LABEL = { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$', description: 'a label without spaces' };
const TYPE = { type: 'string', pattern: '^[A-Z][A-Za-z]{1,63}$', description: 'a FHIR resource type' };
const DURATION = { type: 'string', pattern: '^P[0-9A-Z]{2,30}$', description: 'a duration like PT10M' };

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

const FAULT = {
  kind: { enum: FAULT_KINDS },
  status: { type: 'integer', minimum: 300, maximum: 599 },
  retryAfter: { type: 'integer', minimum: 1, maximum: 86_400 },
  times: { type: 'integer', minimum: 1, maximum: 10_000 },
  method: { enum: METHODS },
  code: { enum: ['AE', 'AR', 'CE', 'CR'] },
  error: { type: 'string', pattern: '^[0-9]{3}$', description: 'an error code of HL7 table 0357' },
  seconds: { type: 'integer', minimum: 1, maximum: 86_400 },
  type: {
    type: 'string',
    pattern: '^([A-Z][A-Za-z]{1,63}|[A-Z0-9]{3}(\\^[A-Z0-9]{3})?)$',
    description: 'a FHIR resource type, or a type of HL7 messages like ADT^A01',
  },
};

const WHEN = {
  type: ['string', 'null'],
  anyOf: [{ pattern: DURATION.pattern }, { format: 'date-time' }],
  description: 'a moment with zone, or a duration since the beginning like PT8H',
};
const ROLE = text(100);
const CHANNEL_FAULT = { kind: { enum: CHANNEL_FAULT_KINDS }, times: { type: 'integer', minimum: 1, maximum: 10_000 } };
const REASON = {
  anyOf: [text(200), object(['code', 'text'], { code: text(64), text: text(500) })],
  description: 'a code, or { code, text }',
};
/** Who, why, and how it must be refused. */
const ACTING = {
  by: text(100),
  reason: REASON,
  refused: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,62}$', description: 'a code such as task-parts-open' },
};

const TASK_ACT = {
  ...ACTING,
  of: LABEL,
  code: NAME,
  step: { enum: TASK_STEPS },
  claim: { const: true },
  assign: { ...object([], { role: ROLE, unit: ROLE, person: ROLE }), minProperties: 1 },
  part: text(64),
  to: { enum: ['open', 'done', 'skipped'] },
  comment: text(4000),
  override: object(['what', 'instead'], { what: text(500), instead: text(500) }),
  ehr: { enum: ['ours', 'theirs'] },
};

const PEOPLE_STEPS = {
  channel: object(['name', 'kind'], { name: NAME, ...CHANNEL_FAULT }),
  task: object(['by'], TASK_ACT),
  alert: object(['by', 'do'], {
    ...ACTING,
    do: { enum: ['open', 'acknowledge', 'act', 'close'] },
    of: LABEL,
    policy: NAME,
    tier: NAME,
    what: text(500),
    dismissal: { enum: ['false-positive', 'duplicate', 'not-actionable', 'other'] },
  }),
  fallback: object(['by', 'do'], { ...ACTING, do: { enum: ['enter', 'leave'] } }),
  review: object(['by', 'decide'], {
    ...ACTING,
    decide: { enum: ['process', 'put-aside'] },
    of: LABEL,
    newerKnown: { type: 'boolean' },
  }),
};

const EXPECTATIONS = (minItems: number): object => ({
  type: 'array',
  minItems,
  maxItems: 100,
  items: object(['kind'], {
    kind: { enum: EXPECTATION_KINDS },
    what: text(200),
    count: { type: 'integer', minimum: 0, maximum: 10_000 },
    match: text(4000),
    of: LABEL,
    type: TYPE,
    is: text(40),
  }),
});

export const scenarioSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  ...object(['kind', 'format', 'name', 'title', 'steps', 'expect'], {
    kind: { const: 'scenario' },
    format: { const: 1 },
    name: NAME,
    title: text(200),
    given: object([], {
      now: { type: 'string', format: 'date-time' },
      endpoints: {
        type: 'object',
        maxProperties: 20,
        propertyNames: NAME,
        additionalProperties: object([], {
          fault: object(['kind'], FAULT),
          resources: {
            type: 'array',
            maxItems: 500,
            items: { type: 'object', required: ['resourceType'], properties: { resourceType: TYPE } },
          },
          answers: {
            type: 'array',
            maxItems: 100,
            items: object(['path'], {
              method: { enum: METHODS },
              path: { type: 'string', pattern: '^/[^\\s#]{0,1999}$', description: 'a path that begins with /' },
              status: { type: 'integer', minimum: 200, maximum: 599 },
              body: {},
            }),
          },
        }),
      },
      channels: {
        type: 'object',
        maxProperties: 50,
        propertyNames: NAME,
        additionalProperties: object(['kind'], CHANNEL_FAULT),
      },
      roster: {
        type: 'array',
        maxItems: 500,
        items: object(['role', 'person'], {
          role: ROLE,
          unit: { ...ROLE, type: ['string', 'null'] },
          person: ROLE,
          from: WHEN,
          to: WHEN,
        }),
      },
    }),
    steps: {
      type: 'array',
      minItems: 1,
      maxItems: 200,
      items: {
        ...object(['at'], {
          at: DURATION,
          send: object(['feed'], {
            feed: NAME,
            sample: { type: 'string', pattern: '^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}$', description: 'a file of samples/' },
            text: text(100_000),
            as: LABEL,
            replace: {
              type: 'array',
              maxItems: 50,
              items: { type: 'array', minItems: 2, maxItems: 2, items: { type: 'string', maxLength: 2000 } },
            },
            answer: { enum: ['AA', 'AE', 'AR'] },
          }),
          advance: DURATION,
          ack: object(['by'], { by: text(100), of: LABEL }),
          fault: object(['endpoint', 'kind'], { endpoint: NAME, ...FAULT }),
          change: object(['endpoint', 'type', 'set'], {
            endpoint: NAME,
            type: TYPE,
            match: text(4000),
            set: { type: 'object', maxProperties: 50 },
          }),
          ...PEOPLE_STEPS,
          expect: EXPECTATIONS(1),
        }),
        minProperties: 2,
        maxProperties: 2,
      },
    },
    expect: EXPECTATIONS(1),
  }),
};

export const scenarioCheck: SchemaCheck<Scenario> = schemaCheck<Scenario>(scenarioSchema);
