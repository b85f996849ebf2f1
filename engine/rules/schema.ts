/** The file format of rule tables as JSON Schema; what one row or cell says is checked by `compile.ts`. */
import { schemaCheck } from '../base/json-schema.ts';
import { AGGREGATIONS, HIT_POLICIES, type Aggregation, type HitPolicy, type RuleValue } from './contract.ts';
import { LONGEST_CELL } from './cell.ts';
import { COLUMN_TYPES, type ColumnType } from './value.ts';

export interface RuleTableFile {
  readonly kind: 'rule-table';
  readonly format: 1;
  readonly name: string;
  readonly title: string;
  readonly owner: Owner;
  readonly reason: string;
  readonly reference?: string;
  readonly effective?: Effective;
  readonly hitPolicy: HitPolicy;
  /** Only with COLLECT; absent: none. */
  readonly aggregation?: Aggregation;
  readonly inputs: readonly {
    readonly name: string;
    readonly label?: string;
    readonly expression: string;
    readonly type: ColumnType;
    readonly unit?: string;
  }[];
  readonly outputs: readonly {
    readonly name: string;
    readonly type: ColumnType;
    readonly values?: readonly RuleValue[];
  }[];
  readonly rows: readonly RowFile[];
  readonly otherwise: readonly RuleValue[] | null;
  readonly tests?: readonly TestFile[];
}

export interface RowFile {
  readonly id: string;
  readonly when: readonly string[];
  readonly then: readonly RuleValue[];
  readonly note?: string;
  readonly owner?: Owner;
  readonly reason?: string;
  readonly reference?: string;
  readonly effective?: Effective;
}

export interface TestFile {
  readonly name: string;
  readonly input: Readonly<Record<string, RuleValue>>;
  /** Outputs by name (those named are compared); `null`: no row matches. */
  readonly expect?: Readonly<Record<string, RuleValue>> | null;
  /** Id of the row that matches (that decides, under PRIORITY); `null`: `otherwise` holds. */
  readonly row?: string | null;
  /** Ids of all rows that match, in table order: for PRIORITY, ANY and COLLECT. */
  readonly rows?: readonly string[];
  /** Catalogue code of the error decision that is expected. */
  readonly error?: string;
  /** The time of the decision; absent: now, or the table's first day where it is not in force now. */
  readonly now?: string;
}

export interface Owner {
  readonly name: string;
  readonly contact: string;
}

/** Full dates count in UTC and `to` includes its whole day; with date-times `to` is the first moment outside. */
export interface Effective {
  readonly from: string | null;
  readonly to: string | null;
}

const NAME = {
  type: 'string',
  pattern: '^[a-z][a-z0-9-]{0,62}$',
  description: 'a name of small letters, digits and -, beginning with a letter',
};
const VARIABLE = {
  type: 'string',
  pattern: '^[A-Za-z][A-Za-z0-9_]{0,62}$',
  description: 'a name of letters, digits and _, beginning with a letter',
};
const text = (maxLength: number): object => ({ type: 'string', minLength: 1, maxLength });
const SCALAR = { type: ['string', 'number', 'boolean', 'null'], maxLength: LONGEST_CELL };
const VALUE = { anyOf: [SCALAR, { type: 'array', maxItems: 1000, items: SCALAR }] };
const OWNER = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'contact'],
  properties: { name: text(200), contact: text(200) },
};
const DAY = { anyOf: [{ type: 'null' }, { type: 'string', maxLength: 40 }] };
const EFFECTIVE = {
  type: 'object',
  additionalProperties: false,
  required: ['from', 'to'],
  properties: { from: DAY, to: DAY },
};
const object = (required: readonly string[], properties: object): object => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});

// From a map, because an object literal with a member `then` would count as a promise.
const CELLS: object = Object.fromEntries(
  new Map([
    ['when', { type: 'array', items: { type: 'string' } }],
    ['then', { type: 'array', items: VALUE }],
  ]),
);

export const MOST_ROWS = 50_000;

export const ruleTableSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  ...object(
    ['kind', 'format', 'name', 'title', 'owner', 'reason', 'hitPolicy', 'inputs', 'outputs', 'rows', 'otherwise'],
    {
      kind: { const: 'rule-table' },
      format: { const: 1 },
      name: NAME,
      title: text(200),
      owner: OWNER,
      reason: text(2000),
      reference: text(2000),
      effective: EFFECTIVE,
      hitPolicy: { enum: HIT_POLICIES },
      aggregation: { enum: AGGREGATIONS },
      inputs: {
        type: 'array',
        minItems: 1,
        maxItems: 64,
        items: object(['name', 'expression', 'type'], {
          name: VARIABLE,
          label: text(200),
          expression: text(LONGEST_CELL),
          type: { enum: COLUMN_TYPES },
          unit: text(50),
        }),
      },
      outputs: {
        type: 'array',
        minItems: 1,
        maxItems: 64,
        items: object(['name', 'type'], {
          name: VARIABLE,
          type: { enum: COLUMN_TYPES },
          values: { type: 'array', minItems: 1, maxItems: 1000, items: SCALAR },
        }),
      },
      rows: {
        type: 'array',
        minItems: 1,
        maxItems: MOST_ROWS,
        items: object(['id', 'when', 'then'], {
          id: {
            type: 'string',
            pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$',
            description: 'an id of letters, digits and . _ -',
          },
          ...CELLS,
          note: text(500),
          owner: OWNER,
          reason: text(2000),
          reference: text(2000),
          effective: EFFECTIVE,
        }),
      },
      otherwise: { anyOf: [{ type: 'null' }, { type: 'array', items: VALUE }] },
      tests: {
        type: 'array',
        maxItems: 10_000,
        items: object(['name', 'input'], {
          name: text(200),
          input: { type: 'object', additionalProperties: VALUE },
          expect: { anyOf: [{ type: 'null' }, { type: 'object', additionalProperties: VALUE }] },
          row: { type: ['string', 'null'], maxLength: 100 },
          rows: { type: 'array', maxItems: 1000, items: text(100) },
          error: text(100),
          now: text(40),
        }),
      },
    },
  ),
};

export const ruleTableCheck = schemaCheck<RuleTableFile>(ruleTableSchema);
