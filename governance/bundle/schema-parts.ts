/** What the JSON Schemas of this folder have in common. */
export const SHA256 = { type: 'string', pattern: '^[0-9a-f]{64}$', description: 'a SHA-256 in hexadecimal digits' };
export const SHA256_OR_NULL = { anyOf: [SHA256, { type: 'null' }] };
export const NAME = {
  type: 'string',
  pattern: '^[a-z][a-z0-9-]{0,62}$',
  description: 'a name of small letters, digits and -',
};
export const PERSON_NAME = { type: 'string', pattern: '^[A-Za-z0-9][\\w.@+-]{0,99}$', description: 'an account name' };
export const TIME = {
  type: 'string',
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{3})?Z$',
  format: 'date-time',
  description: 'a time in UTC such as 2026-03-01T12:00:00.000Z',
};

/** All keys are required, others are refused. */
export const object = (properties: Readonly<Record<string, object>>): object => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
});
