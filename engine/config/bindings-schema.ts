/** The form of `bindings.json` (docs/reference/formats.md), after settings have taken the place of `${NAME}`. */
import { schemaCheck } from '../base/json-schema.ts';

const NAME = {
  type: 'string',
  pattern: '^[a-z][a-z0-9-]{0,62}$',
  description: 'a name of small letters, digits and -',
};

/** A name without a path: keys lie in one folder, and nothing else is read through a binding. */
const PEM_FILE = {
  type: 'string',
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$',
  description: 'a file name in the folder tls of the environment',
};

const PEM_FILE_OR_NONE = { ...PEM_FILE, type: ['string', 'null'] };

const FHIR_ENDPOINT = {
  type: 'object',
  additionalProperties: false,
  required: ['base'],
  properties: {
    kind: { const: 'fhir' },
    base: {
      type: 'string',
      maxLength: 2000,
      pattern: '^https?://[^/\\s?#@]+[^\\s?#@]*$',
      description: 'a URL of http:// or https:// without user, query or fragment',
    },
    auth: {
      type: 'object',
      additionalProperties: false,
      required: ['kind'],
      properties: { kind: { enum: ['none'] } },
    },
    timeoutMs: { type: 'integer', minimum: 100, maximum: 600_000 },
    concurrency: { type: 'integer', minimum: 1, maximum: 256 },
  },
};

const MLLP_ENDPOINT = {
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'host', 'port'],
  properties: {
    kind: { const: 'mllp' },
    host: { type: 'string', minLength: 1, maxLength: 255 },
    port: { type: 'integer', minimum: 1, maximum: 65535 },
    tls: {
      type: ['object', 'null'],
      additionalProperties: false,
      properties: {
        ca: PEM_FILE_OR_NONE,
        client: {
          type: ['object', 'null'],
          additionalProperties: false,
          required: ['certificate', 'key'],
          properties: { certificate: PEM_FILE, key: PEM_FILE },
        },
        serverName: { type: ['string', 'null'], minLength: 1, maxLength: 255 },
      },
    },
    answerMs: { type: 'integer', minimum: 100, maximum: 600_000 },
    connections: { type: 'integer', minimum: 1, maximum: 64 },
    idleMs: { type: 'integer', minimum: 0, maximum: 86_400_000 },
  },
};

export const bindingsCheck = schemaCheck<BindingsFile>({
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'format', 'feeds', 'endpoints'],
  properties: {
    kind: { const: 'bindings' },
    format: { const: 1 },
    feeds: {
      type: 'object',
      maxProperties: 100,
      propertyNames: NAME,
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['listen'],
        properties: {
          listen: {
            type: 'object',
            additionalProperties: false,
            required: ['host', 'port'],
            properties: {
              host: { type: 'string', minLength: 1, maxLength: 255 },
              port: { type: 'integer', minimum: 0, maximum: 65535 },
              tls: {
                type: ['object', 'null'],
                additionalProperties: false,
                required: ['certificate', 'key'],
                properties: { certificate: PEM_FILE, key: PEM_FILE, clientCa: PEM_FILE_OR_NONE },
              },
              allow: { type: 'array', maxItems: 1000, items: { type: 'string', minLength: 2, maxLength: 64 } },
            },
          },
        },
      },
    },
    endpoints: {
      type: 'object',
      maxProperties: 100,
      propertyNames: NAME,
      additionalProperties: {
        // Without a kind it is a FHIR server, as before there were others.
        if: { type: 'object', required: ['kind'], properties: { kind: { const: 'mllp' } } },
        then: MLLP_ENDPOINT,
        else: FHIR_ENDPOINT,
      },
    },
    // Each by its kind: channels.ts.
    channels: { type: 'object' },
  },
});

interface BindingsFile {
  readonly channels?: unknown;
  readonly feeds: Readonly<
    Record<
      string,
      {
        readonly listen: {
          host: string;
          port: number;
          tls?: { certificate: string; key: string; clientCa?: string | null } | null;
          allow?: readonly string[];
        };
      }
    >
  >;
  readonly endpoints: Readonly<Record<string, EndpointInFile>>;
}

export type EndpointInFile =
  | { kind?: 'fhir'; base: string; timeoutMs?: number; concurrency?: number }
  | {
      kind: 'mllp';
      host: string;
      port: number;
      tls?: {
        ca?: string | null;
        client?: { certificate: string; key: string } | null;
        serverName?: string | null;
      } | null;
      answerMs?: number;
      connections?: number;
      idleMs?: number;
    };
