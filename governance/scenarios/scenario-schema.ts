/** The JSON Schema of scenario files. Unknown keys are refused: a misspelt expectation would expect nothing. */
import { schemaCheck, type SchemaCheck } from '../../engine/index.ts';
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

const FAULT = {
  kind: { enum: FAULT_KINDS },
  status: { type: 'integer', minimum: 300, maximum: 599 },
  retryAfter: { type: 'integer', minimum: 1, maximum: 86_400 },
  times: { type: 'integer', minimum: 1, maximum: 10_000 },
  method: { enum: ['GET', 'POST', 'PUT'] },
  code: { enum: ['AE', 'AR', 'CE', 'CR'] },
  error: { type: 'string', pattern: '^[0-9]{3}$', description: 'an error code of HL7 table 0357' },
  seconds: { type: 'integer', minimum: 1, maximum: 86_400 },
  type: {
    type: 'string',
    pattern: '^([A-Z][A-Za-z]{1,63}|[A-Z0-9]{3}(\\^[A-Z0-9]{3})?)$',
    description: 'a FHIR resource type, or a type of HL7 messages like ADT^A01',
  },
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
