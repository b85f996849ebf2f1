/** From an envelope to a statement: first the signature, then the payload. */
import { describeProblems, schemaCheck, type SchemaCheck } from '../../engine/index.ts';
import { fromBase64 } from './base64.ts';
import { sha256 } from './bytes.ts';
import { isSigned, type OpenedEnvelope } from './dsse.ts';
import { bundleErrors } from './errors.ts';
import { NAME, object, PERSON_NAME, SHA256, SHA256_OR_NULL, TIME } from './schema-parts.ts';
import {
  mediaType,
  type ApprovalStatement,
  type AuthorStatement,
  type BreakGlassStatement,
  type OrderStatement,
  type Statement,
  type TrustedKey,
  type TrustStatement,
} from './statements.ts';
import { readJson } from './strict-json.ts';

export interface Signed<S extends Statement> {
  readonly statement: S;
  /** SHA-256 of the payload. */
  readonly hash: string;
  readonly key: TrustedKey;
}

const ROLE = { type: 'string', pattern: '^[a-z][a-z-]{0,62}$', description: 'a role' };
const LIMITS = { bytes: 2 * 1024 * 1024, depth: 20 };
const statement = <S extends Statement>(
  kind: S['kind'],
  properties: Readonly<Record<Exclude<keyof S, 'kind' | 'format'> & string, object>>,
): SchemaCheck<S> => schemaCheck<S>(object({ kind: { const: kind }, format: { const: 1 }, ...properties }));

const CHECKS = {
  author: statement<AuthorStatement>('author', {
    bundle: SHA256,
    base: SHA256_OR_NULL,
    summary: { type: 'string', minLength: 1, maxLength: 4_000 },
    at: TIME,
  }),
  approval: statement<ApprovalStatement>('approval', {
    bundle: SHA256,
    base: SHA256_OR_NULL,
    author: SHA256,
    policy: SHA256,
    role: ROLE,
    at: TIME,
  }),
  order: statement<OrderStatement>('order', {
    environment: NAME,
    bundle: SHA256,
    previous: SHA256_OR_NULL,
    sequence: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    at: TIME,
    expires: TIME,
    actor: PERSON_NAME,
  }),
  'break-glass': statement<BreakGlassStatement>('break-glass', {
    environment: NAME,
    bundle: SHA256,
    previous: SHA256_OR_NULL,
    sequence: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    at: TIME,
    until: TIME,
    actor: PERSON_NAME,
    reason: { type: 'string', minLength: 1, maxLength: 1_000 },
  }),
  'trust-store': statement<TrustStatement>('trust-store', {
    environment: NAME,
    version: { type: 'integer', minimum: 1, maximum: 100_000 },
    previous: SHA256_OR_NULL,
    at: TIME,
    by: PERSON_NAME,
    reason: { type: 'string', minLength: 1, maxLength: 1_000 },
    policy: { type: 'object' },
    keys: {
      type: 'array',
      minItems: 1,
      maxItems: 1_000,
      items: object({
        id: SHA256,
        publicKey: { type: 'string', minLength: 44, maxLength: 44 },
        person: PERSON_NAME,
        roles: { type: 'array', maxItems: 20, uniqueItems: true, items: ROLE },
        addedBy: PERSON_NAME,
        addedAt: TIME,
        revoked: {
          anyOf: [
            { type: 'null' },
            object({ by: PERSON_NAME, at: TIME, reason: { type: 'string', minLength: 1, maxLength: 1_000 } }),
          ],
        },
      }),
    },
  }),
} as const;

interface Kinds {
  readonly author: AuthorStatement;
  readonly approval: ApprovalStatement;
  readonly order: OrderStatement;
  readonly 'break-glass': BreakGlassStatement;
  readonly 'trust-store': TrustStatement;
}

/**
 * The statement of an envelope with one signature, by a key that is trusted.
 * @throws WardflowError `statement-type-unexpected`, `signature-malformed`, `key-unknown`, `signature-invalid`,
 *   `key-revoked`, `statement-invalid`, or what `readJson` throws
 */
export async function readSigned<K extends keyof Kinds>(
  kind: K,
  envelope: OpenedEnvelope,
  keys: readonly TrustedKey[],
  what: string,
): Promise<Signed<Kinds[K]>> {
  if (envelope.payloadType !== mediaType(kind)) throw bundleErrors.create('statement-type-unexpected', { what });
  const [first, ...others] = envelope.signatures;
  if (!first || others.length > 0)
    throw bundleErrors.create('signature-malformed', { what, problems: 'it needs exactly one signature' });
  const key = keys.find(({ id }) => id === first.keyId);
  if (!key) throw bundleErrors.create('key-unknown', { key: first.keyId.slice(0, 12), what });
  if (!(await isSigned(envelope, first.signature, fromBase64(key.publicKey) ?? new Uint8Array())))
    throw bundleErrors.create('signature-invalid', { what });
  if (key.revoked) throw bundleErrors.create('key-revoked', { key: key.id.slice(0, 12), person: key.person, what });
  return { statement: parseStatement(kind, envelope, what), hash: await sha256(envelope.payload), key };
}

/** The payload alone: only for what was verified, or is trusted by its hash. @throws WardflowError `statement-invalid` */
export function parseStatement<K extends keyof Kinds>(kind: K, envelope: OpenedEnvelope, what: string): Kinds[K] {
  const json = readJson(envelope.payload, what, LIMITS);
  const check: SchemaCheck<Kinds[K]> = CHECKS[kind] as unknown as SchemaCheck<Kinds[K]>;
  if (!check.accepts(json))
    throw bundleErrors.create('statement-invalid', { what, problems: describeProblems(check.problems(json)) });
  return json;
}
