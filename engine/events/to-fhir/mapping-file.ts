/** mappings/<name>.json: which resources a message becomes, or a part of such that several mappings use. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../base/canonical-json.ts';
import { schemaCheck, type Problem } from '../../base/json-schema.ts';
import { ABOUT, NAME, text } from '../../definitions/schema-parts.ts';
import type { Json } from './node.ts';

/** All of what is said must hold; paths are those of the place where the condition stands. */
export type Condition =
  | { readonly path: string; readonly is: string | readonly string[] }
  | { readonly path: string; readonly not: string | readonly string[] }
  | { readonly path: string; readonly present: boolean }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] };

/** Where the value of an element comes from. */
export interface SetRule {
  readonly when?: Condition;
  /** HL7 paths: the first that says something. */
  readonly from?: string | readonly string[];
  /** How it is read: `CX[Identifier]`; left out: as text. */
  readonly as?: string;
  /** A code map that it goes through. */
  readonly with?: string;
  /** HL7 table of codes that name no system: `0023`. */
  readonly table?: string;
  /** What the mapping itself states. */
  readonly value?: Json;
  /** The nearest resource of that id. */
  readonly ref?: string;
  /** All resources of that id in the group at hand. */
  readonly refs?: string;
  /** A resource of that id, made of the value that `from` names. */
  readonly make?: string;
  /** Why the element has no value (data-absent-reason). */
  readonly absent?: string;
  /** An item for each segment of that name, or for each repetition of that field. */
  readonly each?: string;
  /** Elements of an element. */
  readonly set?: SetRules;
  /** Those without which it is left out. */
  readonly requires?: readonly string[];
}

export interface SetRules {
  /** In a list (`name[]`) all rules that say something count, elsewhere the first. */
  readonly [target: string]: SetRule | readonly SetRule[];
}

export interface ResourceRule {
  readonly id: string;
  readonly type: string;
  /** One for each segment or group of that name; left out: one for the message. */
  readonly each?: string;
  /** Only in groups of these names. */
  readonly in?: string | readonly string[];
  /** Only by `make`. */
  readonly made?: true;
  readonly when?: Condition;
  /** The same identifier is the same resource, here and at the server: it is created if none exists. */
  readonly identity?: 'identifier';
  /** Elements without which it is left out, and said to be unmapped. */
  readonly requires?: readonly string[];
  readonly set: SetRules;
}

export interface MappingFile {
  readonly kind: 'mapping';
  readonly format: 1;
  readonly name: string;
  readonly title?: string;
  readonly owner: { readonly name: string; readonly contact: string };
  readonly reason?: string;
  readonly reference?: string;
  /** `ADT^A01`, `ORU`; `*`: every type that has no other. Left out: a part. */
  readonly source?: readonly string[];
  readonly uses?: readonly string[];
  readonly resources?: readonly ResourceRule[];
  /** What is not mapped on purpose: a segment, a field or a component. */
  readonly ignore?: readonly { readonly path: string; readonly reason: string }[];
}

/** As read: not yet put together with the parts it uses. */
export interface Mapping {
  readonly name: string;
  readonly title: string | null;
  /** SHA-256 hex over its own meaning. */
  readonly hash: string;
  readonly owner: { readonly name: string; readonly contact: string };
  readonly file: MappingFile;
}

const ID = { type: 'string', pattern: '^[a-z][a-z0-9-]{0,62}$', description: 'an id of small letters, digits and -' };
const PATH = text(60);
const PLACE = {
  type: 'string',
  pattern: '^[A-Z][A-Z0-9_]{1,63}(?:-[1-9][0-9]?)?$|^\\$$',
  description: 'a segment, a group or a field',
};
const oneOrMore = (item: object, most: number): object => ({
  anyOf: [item, { type: 'array', minItems: 1, maxItems: most, items: item }],
});
const TEXTS = oneOrMore(text(200), 200);

const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'format', 'name', 'owner'],
  properties: {
    kind: { const: 'mapping' },
    format: { const: 1 },
    ...ABOUT,
    source: {
      type: 'array',
      minItems: 1,
      maxItems: 200,
      uniqueItems: true,
      items: {
        type: 'string',
        pattern: '^(?:[A-Z][A-Z0-9]{2}(?:\\^[A-Z][A-Z0-9]{2})?|\\*)$',
        description: 'a message type like ADT^A01',
      },
    },
    uses: { type: 'array', maxItems: 50, uniqueItems: true, items: NAME },
    resources: { type: 'array', maxItems: 100, items: { $ref: '#/$defs/resource' } },
    ignore: {
      type: 'array',
      maxItems: 1000,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['path', 'reason'],
        properties: {
          path: {
            type: 'string',
            pattern: '^[A-Z][A-Z0-9]{2}(?:-[1-9][0-9]?(?:\\.[1-9][0-9]?)?)?$',
            description: 'a segment, field or component like PID-3.2',
          },
          reason: text(300),
        },
      },
    },
  },
  $defs: {
    condition: {
      anyOf: [
        {
          type: 'object',
          additionalProperties: false,
          required: ['path', 'is'],
          properties: { path: PATH, is: TEXTS },
        },
        {
          type: 'object',
          additionalProperties: false,
          required: ['path', 'not'],
          properties: { path: PATH, not: TEXTS },
        },
        {
          type: 'object',
          additionalProperties: false,
          required: ['path', 'present'],
          properties: { path: PATH, present: { type: 'boolean' } },
        },
        {
          type: 'object',
          additionalProperties: false,
          required: ['all'],
          properties: { all: { type: 'array', minItems: 1, maxItems: 20, items: { $ref: '#/$defs/condition' } } },
        },
        {
          type: 'object',
          additionalProperties: false,
          required: ['any'],
          properties: { any: { type: 'array', minItems: 1, maxItems: 20, items: { $ref: '#/$defs/condition' } } },
        },
      ],
    },
    rules: {
      type: 'object',
      minProperties: 1,
      maxProperties: 100,
      additionalProperties: {
        anyOf: [
          { $ref: '#/$defs/rule' },
          { type: 'array', minItems: 1, maxItems: 50, items: { $ref: '#/$defs/rule' } },
        ],
      },
    },
    rule: {
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      properties: {
        when: { $ref: '#/$defs/condition' },
        from: oneOrMore(PATH, 20),
        as: text(60),
        with: NAME,
        table: { type: 'string', pattern: '^[0-9]{4}$', description: 'the number of an HL7 table' },
        value: { type: ['string', 'number', 'boolean', 'object', 'array'] },
        ref: ID,
        refs: ID,
        make: ID,
        absent: { enum: ['unknown', 'not-asked', 'not-applicable', 'masked', 'unsupported', 'temp-unknown'] },
        each: PLACE,
        set: { $ref: '#/$defs/rules' },
        requires: { type: 'array', maxItems: 20, items: text(60) },
      },
    },
    resource: {
      type: 'object',
      additionalProperties: false,
      required: ['id', 'type', 'set'],
      properties: {
        id: ID,
        type: { type: 'string', pattern: '^[A-Z][A-Za-z]{1,60}$', description: 'a FHIR resource type' },
        each: PLACE,
        in: oneOrMore({ type: 'string', pattern: '^[A-Z][A-Z0-9_]{1,63}$', description: 'a group' }, 20),
        made: { const: true },
        when: { $ref: '#/$defs/condition' },
        identity: { const: 'identifier' },
        requires: { type: 'array', maxItems: 20, items: text(60) },
        set: { $ref: '#/$defs/rules' },
      },
    },
  },
};

const check = schemaCheck<MappingFile>(SCHEMA);

/** The mapping, or what is wrong with the file as such; what it names is looked up when it is compiled. `name`: of the file. */
export function readMapping(
  json: unknown,
  name: string,
): { readonly mapping?: Mapping; readonly problems: readonly Problem[] } {
  if (!check.accepts(json)) return { problems: check.problems(json) };
  if (json.name !== name) return { problems: [{ place: 'name', what: `must be that of the file, "${name}"` }] };
  const hash = createHash('sha256').update(canonicalJson(json)).digest('hex');
  return { mapping: { name, title: json.title ?? null, hash, owner: json.owner, file: json }, problems: [] };
}
