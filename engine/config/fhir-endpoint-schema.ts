/** A FHIR server under `endpoints` of bindings.json. */
import { CREDENTIAL, SEND_TLS } from './file-name-schemas.ts';

const authOf = (kind: string, required: readonly string[], properties: object): object => ({
  if: { type: 'object', required: ['kind'], properties: { kind: { const: kind } } },
  then: {
    type: 'object',
    additionalProperties: false,
    required: ['kind', ...required],
    properties: { kind: true, ...properties },
  },
});

const FHIR_AUTH = {
  type: 'object',
  required: ['kind'],
  properties: { kind: { enum: ['none', 'bearer', 'smart-backend'] } },
  allOf: [
    authOf('none', [], {}),
    authOf('bearer', ['credential'], { credential: CREDENTIAL }),
    authOf('smart-backend', ['credential', 'clientId', 'scope'], {
      credential: CREDENTIAL,
      clientId: {
        type: 'string',
        pattern: '^[\\x21-\\x7e]{1,500}$',
        description: 'the id of this client at the server',
      },
      scope: {
        type: 'string',
        pattern: '^[\\x21-\\x7e]+( [\\x21-\\x7e]+)*$',
        maxLength: 2000,
        description: 'scopes with a blank between them',
      },
      tokenUrl: {
        type: ['string', 'null'],
        maxLength: 2000,
        pattern: '^https?://[^/\\s?#@]+[^\\s?#@]*$',
        description: 'a URL without user, query or fragment',
      },
      alg: { enum: ['ES384', 'RS384', null] },
      kid: { type: ['string', 'null'], minLength: 1, maxLength: 200 },
    }),
  ],
};

/** Types, and elements of each: the same form as `sends` of an intent. */
const ALLOW = {
  type: ['object', 'null'],
  propertyNames: { type: 'string', pattern: '^[A-Z][A-Za-z]{1,63}$', description: 'a FHIR resource type' },
  maxProperties: 200,
  additionalProperties: {
    type: 'array',
    maxItems: 200,
    items: {
      type: 'string',
      pattern: '^(?:\\*|[A-Za-z][A-Za-z0-9]*(?:\\[x\\])?(?:\\.[A-Za-z][A-Za-z0-9]*(?:\\[x\\])?)*)$',
      maxLength: 200,
      description: 'an element such as name, name.family, value[x] or *',
    },
  },
};

export const FHIR_ENDPOINT = {
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
    auth: FHIR_AUTH,
    tls: SEND_TLS,
    timeoutMs: { type: 'integer', minimum: 100, maximum: 600_000 },
    deadlineMs: { type: 'integer', minimum: 100, maximum: 3_600_000 },
    maxAnswerBytes: { type: 'integer', minimum: 1024, maximum: 268_435_456 },
    concurrency: { type: 'integer', minimum: 1, maximum: 256 },
    allow: ALLOW,
    provenance: { type: 'boolean' },
  },
};
