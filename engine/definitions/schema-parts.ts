/** What the files of a definition have in common, as JSON Schema. */
export const text = (maxLength: number): object => ({ type: 'string', minLength: 1, maxLength });

export const NAME = {
  type: 'string',
  pattern: '^[a-z][a-z0-9-]{0,62}$',
  description: 'a name of small letters, digits and -',
};

const WHO = { type: 'string', pattern: '^[\\w][\\w .@-]{0,99}$', description: 'a name' };

/** Exactly one of a role, a person or a roster. */
export const TO = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
  properties: { role: WHO, person: WHO, roster: WHO },
};

export interface To {
  readonly role?: string;
  readonly person?: string;
  readonly roster?: string;
}

/** As people call them. */
export const toText = ({ role, person, roster }: To): string => role ?? person ?? `roster ${roster ?? ''}`;

/** What every reviewed file says of itself. */
export const ABOUT = {
  name: NAME,
  title: text(200),
  owner: {
    type: 'object',
    additionalProperties: false,
    required: ['name', 'contact'],
    properties: { name: text(200), contact: text(200) },
  },
  reason: text(2000),
  reference: text(2000),
};
