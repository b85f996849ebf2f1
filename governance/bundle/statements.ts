/**
 * What people sign. Everything binds to hashes (SHA-256, hexadecimal), nothing to names alone; who signed is said by the
 * key, which the trust store gives to a person.
 */
import { canonicalBytes } from './canonical.ts';
import type { Bytes } from './bytes.ts';
import { sign, type Envelope } from './dsse.ts';
import type { SigningKey } from './key-file.ts';

/** "This is the change I propose." */
export interface AuthorStatement {
  readonly kind: 'author';
  readonly format: 1;
  /** Hash of the bundle's manifest. */
  readonly bundle: string;
  /** Hash of the bundle that it changes; `null` for the first. */
  readonly base: string | null;
  /** What it changes and why, in the author's words. */
  readonly summary: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** "I have looked at this change, and it may go into production." */
export interface ApprovalStatement {
  readonly kind: 'approval';
  readonly format: 1;
  readonly bundle: string;
  readonly base: string | null;
  /** Hash of the author's statement: what the author said cannot be exchanged after the approval. */
  readonly author: string;
  /** Hash of the policy under which it counts. */
  readonly policy: string;
  readonly role: string;
  readonly at: string;
}

/** "Let the environment run this bundle instead of that one." */
export interface OrderStatement {
  readonly kind: 'order';
  readonly format: 1;
  readonly environment: string;
  readonly bundle: string;
  /** The bundle that runs until then; `null`: none does. */
  readonly previous: string | null;
  /** Larger than that of every order carried out before. */
  readonly sequence: number;
  readonly at: string;
  readonly expires: string;
  readonly actor: string;
}

/** "Let the environment run this at once, unapproved, and go back to what it runs now when the time is over." */
export interface BreakGlassStatement {
  readonly kind: 'break-glass';
  readonly format: 1;
  readonly environment: string;
  readonly bundle: string;
  /** The bundle that runs until then, and again afterwards. */
  readonly previous: string | null;
  /** Larger than that of every order carried out before. */
  readonly sequence: number;
  readonly at: string;
  /** When the environment goes back by itself. */
  readonly until: string;
  readonly actor: string;
  /** Why it cannot wait, in the person's words. */
  readonly reason: string;
}

export interface TrustedKey {
  readonly id: string;
  readonly publicKey: string;
  readonly person: string;
  readonly roles: readonly string[];
  readonly addedBy: string;
  readonly addedAt: string;
  /** A revoked key never counts, whenever it signed: whoever has it could sign an earlier time. */
  readonly revoked: { readonly by: string; readonly at: string; readonly reason: string } | null;
}

/** One version of an environment's trust store: whose keys count, and under which policy. */
export interface TrustStatement {
  readonly kind: 'trust-store';
  readonly format: 1;
  readonly environment: string;
  readonly version: number;
  /** Hash of the version before; `null` for the first. */
  readonly previous: string | null;
  readonly at: string;
  /** Who proposes it: signs it, and does not count as an approver of it. */
  readonly by: string;
  readonly reason: string;
  /** The policy in force, whole: an earlier, weaker one cannot be put in its place. */
  readonly policy: unknown;
  readonly keys: readonly TrustedKey[];
}

export type Statement = AuthorStatement | ApprovalStatement | OrderStatement | BreakGlassStatement | TrustStatement;

export const mediaType = (kind: Statement['kind']): string => `application/vnd.wardflow.${kind}+json`;

export const statementBytes = (statement: Statement): Bytes =>
  canonicalBytes(statement, `the ${statement.kind} statement`);

export const signStatement = (statement: Statement, key: SigningKey): Promise<Envelope> =>
  sign(mediaType(statement.kind), statementBytes(statement), key);
