/** The form of `bindings.json` (docs/reference/formats.md), after settings have taken the place of `${NAME}`. */
import { schemaCheck } from '../base/json-schema.ts';
import { CREDENTIAL, PEM_FILE, PEM_FILE_OR_NONE, SEND_TLS } from './file-name-schemas.ts';
import { FHIR_ENDPOINT } from './fhir-endpoint-schema.ts';
import type { HttpEndpointBinding } from '../http/binding.ts';
import type { HttpEventBinding } from '../http/events/event-feed.ts';

export const NAME = {
  type: 'string',
  pattern: '^[a-z][a-z0-9-]{0,62}$',
  description: 'a name of small letters, digits and -',
};

const LISTEN = {
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
};

const MLLP_ENDPOINT = {
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'host', 'port'],
  properties: {
    kind: { const: 'mllp' },
    host: { type: 'string', minLength: 1, maxLength: 255 },
    port: { type: 'integer', minimum: 1, maximum: 65535 },
    tls: SEND_TLS,
    answerMs: { type: 'integer', minimum: 100, maximum: 600_000 },
    connections: { type: 'integer', minimum: 1, maximum: 64 },
    idleMs: { type: 'integer', minimum: 0, maximum: 86_400_000 },
  },
};

const HTTP_ENDPOINT = {
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'base'],
  properties: {
    kind: { const: 'http' },
    base: FHIR_ENDPOINT.properties.base,
    auth: {
      type: 'object',
      required: ['kind'],
      oneOf: [
        { additionalProperties: false, properties: { kind: { const: 'none' } } },
        {
          additionalProperties: false,
          required: ['credential'],
          properties: { kind: { const: 'bearer' }, credential: CREDENTIAL },
        },
        {
          additionalProperties: false,
          required: ['user', 'credential'],
          properties: {
            kind: { const: 'basic' },
            user: {
              type: 'string',
              pattern: '^[^:\\x00-\\x1f\\x7f]{1,200}$',
              description: 'a user name without a colon',
            },
            credential: CREDENTIAL,
          },
        },
        {
          additionalProperties: false,
          required: ['header', 'credential'],
          properties: {
            kind: { const: 'header' },
            header: { type: 'string', pattern: '^[A-Za-z0-9-]{1,64}$', description: 'the name of a header' },
            credential: CREDENTIAL,
          },
        },
      ],
    },
    tls: SEND_TLS,
    timeoutMs: { type: 'integer', minimum: 100, maximum: 600_000 },
    concurrency: { type: 'integer', minimum: 1, maximum: 256 },
    maxAnswerBytes: { type: 'integer', minimum: 1_000, maximum: 67_108_864 },
  },
};

const ENDPOINT = {
  // Without a kind it is a FHIR server, as before there were others.
  if: { type: 'object', required: ['kind'], properties: { kind: { const: 'mllp' } } },
  then: MLLP_ENDPOINT,
  else: {
    if: { type: 'object', required: ['kind'], properties: { kind: { const: 'http' } } },
    then: HTTP_ENDPOINT,
    else: FHIR_ENDPOINT,
  },
};

/** Of one entry under `endpoints`. */
export const endpointCheck = schemaCheck<EndpointInFile>(ENDPOINT);

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
          listen: LISTEN,
        },
      },
    },
    endpoints: {
      type: 'object',
      maxProperties: 100,
      propertyNames: NAME,
      additionalProperties: ENDPOINT,
    },
    subscriptions: {
      type: 'object',
      maxProperties: 100,
      propertyNames: NAME,
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['listen', 'publicBase', 'credential'],
        properties: {
          listen: LISTEN,
          publicBase: {
            type: 'string',
            maxLength: 1000,
            pattern: '^(https://[^/\\s?#@]+|http://(localhost|127\\.[0-9.]+|\\[::1\\])(:[0-9]+)?)(/[^\\s?#@]*)?$',
            description: 'a URL of https:// without user, query or fragment (http:// for this machine alone)',
          },
          credential: CREDENTIAL,
        },
      },
    },
    events: {
      type: 'object',
      maxProperties: 100,
      propertyNames: NAME,
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['listen', 'auth'],
        properties: {
          listen: LISTEN,
          auth: {
            type: 'object',
            required: ['kind'],
            oneOf: [
              {
                additionalProperties: false,
                required: ['credential'],
                properties: { kind: { enum: ['token', 'signature'] }, credential: CREDENTIAL },
              },
              { additionalProperties: false, properties: { kind: { const: 'certificate' } } },
            ],
          },
          perMinute: { type: 'integer', minimum: 1, maximum: 1_000_000 },
        },
        // Whoever shows no certificate would be let in.
        if: {
          type: 'object',
          properties: { auth: { type: 'object', properties: { kind: { const: 'certificate' } } } },
        },
        then: {
          type: 'object',
          properties: {
            listen: {
              type: 'object',
              required: ['tls'],
              properties: { tls: { type: 'object', required: ['clientCa'], properties: { clientCa: PEM_FILE } } },
            },
          },
        },
      },
    },
    // Each by its kind: channels.ts.
    channels: { type: 'object' },
  },
});

interface BindingsFile {
  readonly channels?: unknown;
  readonly feeds: Readonly<Record<string, { readonly listen: ListenInFile }>>;
  readonly subscriptions?: Readonly<
    Record<string, { readonly listen: ListenInFile; readonly publicBase: string; readonly credential: string }>
  >;
  readonly events?: Readonly<
    Record<
      string,
      { readonly listen: ListenInFile; readonly auth: HttpEventBinding['auth']; readonly perMinute?: number }
    >
  >;
  readonly endpoints: Readonly<Record<string, EndpointInFile>>;
}

interface TlsInFile {
  ca?: string | null;
  client?: { certificate: string; key: string } | null;
  serverName?: string | null;
}

export interface ListenInFile {
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly certificate: string; readonly key: string; readonly clientCa?: string | null } | null;
  readonly allow?: readonly string[];
}

export type EndpointInFile =
  | {
      kind?: 'fhir';
      base: string;
      auth?:
        | { kind: 'none' }
        | { kind: 'bearer'; credential: string }
        | {
            kind: 'smart-backend';
            credential: string;
            clientId: string;
            scope: string;
            tokenUrl?: string | null;
            alg?: 'ES384' | 'RS384' | null;
            kid?: string | null;
          };
      tls?: TlsInFile | null;
      timeoutMs?: number;
      deadlineMs?: number;
      maxAnswerBytes?: number;
      concurrency?: number;
      allow?: Record<string, string[]> | null;
      provenance?: boolean;
    }
  | {
      kind: 'mllp';
      host: string;
      port: number;
      tls?: TlsInFile | null;
      answerMs?: number;
      connections?: number;
      idleMs?: number;
    }
  | {
      kind: 'http';
      base: string;
      auth?: HttpEndpointBinding['auth'];
      tls?: {
        ca?: string | null;
        client?: { certificate: string; key: string } | null;
        serverName?: string | null;
      } | null;
      timeoutMs?: number;
      concurrency?: number;
      maxAnswerBytes?: number;
    };
