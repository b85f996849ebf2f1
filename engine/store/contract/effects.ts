/**
 * Effects: actions on the outside world, keyed, each with its recorded outcome.
 *
 *   (none) -> in-flight -> done | failed | ambiguous
 *   failed -> in-flight (another try)      ambiguous -> in-flight (after looking, by kind)
 *   in-flight of a previous life is read as ambiguous: it may have happened
 *   ambiguous -> done | failed (a person decides)
 *
 * An effect may keep its request: the bytes of its first try, which every later try gets, until it is done, a person has
 * decided, or the body of its message goes (retention).
 */
import type { Millis } from '../../base/clock.ts';
import type { AuditEntry } from './audit.ts';
import type { Failure } from './work.ts';

export type EffectState = 'in-flight' | 'done' | 'failed' | 'ambiguous';

export interface EffectIdentity {
  /** SHA-256, hex, over the parts below (ARCHITECTURE, effect key). */
  readonly key: string;
  readonly messageId: string;
  readonly workId: string;
  /** Unique in its definition, kept across edits. */
  readonly name: string;
  readonly definition: string;
  /** Endpoint and action, e.g. `ehr: create Task`. */
  readonly target: string;
  readonly discriminator: string;
  /** The action version the analyst sets. */
  readonly version: string;
}

export interface EffectRecord extends EffectIdentity {
  readonly state: EffectState;
  readonly startedAt: Millis;
  readonly endedAt: Millis | null;
  readonly tries: number;
  /** What a repeat returns instead of acting again; JSON, at most 64 KiB. */
  readonly result: unknown;
  /** PHI-free line for people: `Task/12 created, 201`. */
  readonly summary: string | null;
  readonly failure: Failure | null;
}

/** A request that is kept is at most so large: with its frame it still fits into one document of every store. */
export const LARGEST_REQUEST_BYTES = 8 * 1024 * 1024;

export type EffectBegin =
  /**
   * Act now. `after` says what is known of an earlier try: `ambiguous` means look first. `request`: the one that an earlier
   * try has kept, which stands for the one given; absent: there was none.
   */
  | {
      readonly kind: 'act';
      readonly after: 'nothing' | 'failed' | 'ambiguous';
      readonly tries: number;
      readonly request?: Uint8Array;
    }
  /** It is done: use this. */
  | { readonly kind: 'recorded'; readonly record: EffectRecord }
  /** Another branch of this life is acting on the same key now. */
  | { readonly kind: 'in-flight' };

export interface Effects {
  /**
   * Durable before it resolves. `owner` tells this life of the process from an earlier one. `request`, at most
   * `LARGEST_REQUEST_BYTES`, is kept in the same commit unless there is one already.
   */
  begin(identity: EffectIdentity, owner: string, at: Millis, request?: Uint8Array): Promise<EffectBegin>;
  finish(
    key: string,
    outcome:
      | { readonly state: 'done'; readonly result: unknown; readonly summary: string }
      | { readonly state: 'failed' | 'ambiguous'; readonly failure: Failure },
    at: Millis,
  ): Promise<void>;
  /**
   * A person says what became of an effect whose recorded state is `ambiguous`: from then on it is done (with this summary
   * and no result) or failed, so that another try acts again. With its audit record in one commit.
   */
  decide(
    key: string,
    outcome:
      { readonly state: 'done'; readonly summary: string } | { readonly state: 'failed'; readonly failure: Failure },
    at: Millis,
    audit: AuditEntry,
  ): Promise<'decided' | 'not-ambiguous' | 'unknown'>;
  get(key: string): Promise<EffectRecord | undefined>;
  ofMessage(messageId: string): Promise<readonly EffectRecord[]>;
  /** What is done, the latest begun first: a page of at most `limit` (1 to 200) behind the place that the page before gave. */
  done(page: { readonly after?: number; readonly limit: number }): Promise<{
    readonly records: readonly EffectRecord[];
    /** `null`: there are no more. */
    readonly after: number | null;
  }>;
}
