import { text, type JsonSchema, type Shape } from './shape.ts';

export type EventFamily =
  | 'patient'
  | 'encounter'
  | 'order'
  | 'lab'
  | 'appointment'
  | 'referral'
  | 'document'
  | 'medication'
  | 'immunization'
  | 'charge'
  | 'task'
  | 'message';

/** One event of the catalogue. A change that an existing reader would stumble over makes the next version. */
export interface EventEntry<Data = unknown> {
  readonly version: number;
  /** One sentence: what has happened. */
  readonly says: string;
  /** What tells one such fact from another, in words; with the name it makes the event's id. */
  readonly key: string;
  /** HL7 v2 triggers; empty: not from HL7. */
  readonly hl7: string;
  /** FHIR changes; empty: not from FHIR. */
  readonly fhir: string;
  readonly data: Shape<Data>;
}

export const TYPE_PREFIX = 'org.wardflow';

/** The whole event: envelope and data. */
export function eventSchema(name: string, { version, data }: EventEntry): JsonSchema {
  const properties = {
    specversion: { const: '1.0' },
    id: HASH,
    source: { type: 'string', minLength: 1 },
    type: { const: `${TYPE_PREFIX}.${name}.v${version}` },
    name: { const: name },
    subject: HASH,
    time: text('').schema,
    datacontenttype: { const: 'application/json' },
    recordedtime: { type: 'string', format: 'date-time' },
    partitionkey: HASH,
    sequence: { type: 'string', pattern: '^[0-9]{16}$' },
    correlationid: { type: 'string', minLength: 1 },
    causationid: { type: 'string', minLength: 1 },
    traceparent: { type: 'string', pattern: '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$' },
    mode: { enum: ['live', 'replay', 'correction'] },
    businesskey: HASH,
    contenthash: HASH,
    statedtime: { type: 'string' },
    stage: { type: 'integer', minimum: 1, maximum: 2 },
    correction: { type: 'boolean' },
    late: { const: true },
    statedsubject: HASH,
    data: data.schema,
  };
  const optional = new Set([
    'time',
    'sequence',
    'causationid',
    'traceparent',
    'statedtime',
    'stage',
    'late',
    'statedsubject',
  ]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:wardflow:event:${name}:v${version}`,
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties).filter((one) => !optional.has(one)),
    properties,
  };
}

const HASH = { type: 'string', pattern: '^[0-9a-f]{64}$' } as const;
