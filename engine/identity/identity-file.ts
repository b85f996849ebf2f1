/** `flows/_shared/identity.json`: which numbers identify a patient, and what is compared. Without it nobody is matched. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import { describeProblems, schemaCheck } from '../base/json-schema.ts';
import { ABOUT, text } from '../definitions/schema-parts.ts';
import type { Problems } from '../definitions/problem.ts';

export const IDENTITY_ELEMENTS = ['family', 'given', 'birthDate', 'sex', 'postcode'] as const;
export type IdentityElement = (typeof IDENTITY_ELEMENTS)[number];

/** An identifier as stated. */
export interface StatedIdentifier {
  readonly value: string;
  readonly authority: string | null;
  /** HL7 table 0203. */
  readonly type: string | null;
}

export interface IdentityRules {
  /** SHA-256 hex over its meaning. */
  readonly version: string;
  /** Must agree where both sides state them; else a person is asked. */
  readonly compare: readonly IdentityElement[];
  /** Who agrees in all of them, and has no number that is known, may be somebody who is: a person is asked. Empty: nobody is. */
  readonly findBy: readonly IdentityElement[];
  /** What becomes of a message in doubt. `hold`: as the intent's fallback for `incomplete-data` says, where it has one. */
  readonly unsure: 'continue' | 'hold';
  readonly isIdentifying: (identifier: StatedIdentifier) => boolean;
}

interface IdentityFile {
  readonly kind: 'patient-identity';
  readonly format: 1;
  readonly identifiers?: { readonly authorities?: readonly string[]; readonly types?: readonly string[] };
  readonly compare: readonly IdentityElement[];
  readonly findBy: readonly IdentityElement[];
  readonly unsure: 'continue' | 'hold';
}

/**
 * Codes of HL7 table 0203 that name no person: accounts, visits, memberships (a family shares one), cards, licences and organisations.
 * Social security numbers are wrong too often, and lent.
 */
const NOT_IDENTIFYING = new Set(
  [
    'AN AND ANC ANT VN VS SS SN MB MA MC MCN MCR MCD MCT GN WC',
    'WCN ANON BC BA BR CC DI DS AM VI HC DL DN EI EN FI GI',
    'LN LR MD NPI PRN RI RN RR TAX UPIN XX XV FILL PLAC ACSN LACSN SID STN',
  ].flatMap((codes) => codes.split(' ')),
);

const elements = (minItems: number): object => ({
  type: 'array',
  minItems,
  uniqueItems: true,
  items: { enum: [...IDENTITY_ELEMENTS] },
});
const names = { type: 'array', minItems: 1, maxItems: 100, uniqueItems: true, items: text(200) };

const check = schemaCheck<IdentityFile>({
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'format', 'name', 'owner', 'compare', 'findBy', 'unsure'],
  properties: {
    kind: { const: 'patient-identity' },
    format: { const: 1 },
    ...ABOUT,
    identifiers: {
      type: 'object',
      additionalProperties: false,
      properties: { authorities: names, types: names },
    },
    compare: elements(0),
    findBy: elements(0),
    unsure: { enum: ['continue', 'hold'] },
  },
});

/** `undefined`: `problems` says what is wrong. */
export function readIdentityFile(json: unknown, problems: Problems): IdentityRules | undefined {
  const remedy = 'Correct the places named; see docs/guide/patient-identity.md.';
  if (!check.accepts(json)) {
    problems.say(describeProblems(check.problems(json)), remedy);
    return undefined;
  }
  const { compare, findBy, unsure, identifiers } = json;
  // With a name alone half a town is one person.
  if (findBy.length > 0 && !(findBy.includes('birthDate') && findBy.includes('family'))) {
    problems.say('findBy does not hold both "family" and "birthDate"', 'Name both, or leave findBy empty.');
    return undefined;
  }
  const [authorities, types] = [identifiers?.authorities, identifiers?.types].map((given) => given && new Set(given));
  return {
    version: createHash('sha256').update(canonicalJson(json)).digest('hex'),
    compare,
    findBy,
    unsure,
    isIdentifying: ({ authority, type }) =>
      authority !== null &&
      (authorities?.has(authority) ?? true) &&
      (types ? type !== null && types.has(type) : type === null || !NOT_IDENTIFYING.has(type)),
  };
}
