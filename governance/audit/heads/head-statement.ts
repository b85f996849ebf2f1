/**
 * What is signed about the audit chains: how long each was and what its newest hash was. One line of `heads.jsonl` is one
 * DSSE envelope over a statement, which holds the hash of the line before it.
 */
import { createHash } from 'node:crypto';
import { GENESIS, schemaCheck, type SchemaCheck } from '../../../engine/index.ts';
import { isSigned } from '../../bundle/dsse.ts';
import { canonicalBytes, openEnvelope, readJson, sign, type Bytes, type SigningKey } from '../../bundle/index.ts';
import { auditErrors } from '../errors.ts';

export const HEADS_TYPE = 'application/vnd.wardflow.audit-heads+json';

/** Why a head was signed. `entries`: many records came since the last; `chain`: one can be read again that could not be. */
export type HeadReason = 'start' | 'hour' | 'entries' | 'chain' | 'stop';

export interface ChainHead {
  readonly chain: string;
  /** Number and hash of the newest record; 0 and zeros where there is none. */
  readonly seq: number;
  readonly hash: string;
  /** Hash of the first record, which tells one chain from another; `null` where there is none. */
  readonly first: string | null;
}

export interface HeadStatement {
  readonly kind: 'audit-heads';
  readonly format: 1;
  /** 1, 2, 3 ... */
  readonly number: number;
  /** SHA-256 of the line before, as it stands in the file; zeros for the first. */
  readonly previous: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly why: HeadReason;
  readonly chains: readonly ChainHead[];
  /** Chains that could not be read at that time. */
  readonly unread: readonly string[];
}

/** One line of the file that was read: its statement, and its own hash. */
export interface SignedHead {
  readonly statement: HeadStatement;
  readonly line: string;
  readonly keyId: string;
}

export const NO_LINE = GENESIS;

export const lineHash = (line: string): string => createHash('sha256').update(line, 'utf8').digest('hex');

export async function signHead(statement: HeadStatement, key: SigningKey): Promise<string> {
  return JSON.stringify(await sign(HEADS_TYPE, canonicalBytes(statement, 'the heads'), key));
}

const hash = { type: 'string', pattern: '^[0-9a-f]{64}$' } as const;
const name = { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,63}$' } as const;
const check: SchemaCheck<HeadStatement> = schemaCheck<HeadStatement>({
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'format', 'number', 'previous', 'at', 'why', 'chains', 'unread'],
  properties: {
    kind: { const: 'audit-heads' },
    format: { const: 1 },
    number: { type: 'integer', minimum: 1 },
    previous: hash,
    at: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' },
    why: { enum: ['start', 'hour', 'entries', 'chain', 'stop'] },
    chains: {
      type: 'array',
      maxItems: 64,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['chain', 'seq', 'hash', 'first'],
        properties: {
          chain: name,
          seq: { type: 'integer', minimum: 0 },
          hash,
          first: { anyOf: [hash, { type: 'null' }] },
        },
      },
    },
    unread: { type: 'array', maxItems: 64, items: name },
  },
});

const LIMITS = { bytes: 64 * 1024, depth: 6 };

/** Whose signatures count: public keys (32 bytes) by their id. */
export type HeadKeys = ReadonlyMap<string, Bytes>;

/**
 * Reads a line and verifies its signature; whether it follows the line before is the caller's question.
 * @throws WardflowError `audit-heads-line-invalid`
 */
export async function readHead(line: string, number: number, keys: HeadKeys): Promise<SignedHead> {
  const refuse = (why: string): never => {
    throw auditErrors.create('audit-heads-line-invalid', { line: number, why });
  };
  const what = `line ${number}`;
  const envelope = attempt(() => openEnvelope(line, what)) ?? refuse('it is no envelope');
  if (envelope.payloadType !== HEADS_TYPE) return refuse('it is signed as something else');
  for (const { keyId, signature } of envelope.signatures) {
    const key = keys.get(keyId);
    if (!key || !(await isSigned(envelope, signature, key))) continue;
    const json = attempt(() => readJson(envelope.payload, what, LIMITS));
    return check.accepts(json) ? { statement: json, line, keyId } : refuse('what was signed is not of the right form');
  }
  return refuse('no key that counts has signed it');
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
