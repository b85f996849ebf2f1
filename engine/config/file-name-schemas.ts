/** Files that bindings name: keys, certificates and secrets. */

/** A name without a path: keys lie in one folder, and nothing else is read through a binding. */
export const PEM_FILE = {
  type: 'string',
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$',
  description: 'a file name in the folder tls of the environment',
};

export const PEM_FILE_OR_NONE = { ...PEM_FILE, type: ['string', 'null'] };

export const SEND_TLS = {
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
};

export const CREDENTIAL = {
  type: 'string',
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
  description: 'a file name in the folder credentials of the environment',
};
