/** What a definition does while it cannot be trusted to run by itself: decision 0018. The declaration is in its intent. */
import type { Millis } from '../base/clock.ts';
import type { DeclaredFallback } from './declared-fallback.ts';
import type { ClaimedWork, DoubtKind, Fallback, FallbackMode, ReviewDecision } from '../store/contract/index.ts';

export type { Fallback, FallbackMode, ReviewDecision } from '../store/contract/index.ts';

/** As in `intent.fallback.when`, read. */
export type FallbackTrigger =
  | { readonly kind: 'endpoint-down'; readonly endpoint: string; readonly forMs: Millis }
  | { readonly kind: 'rule-error' }
  | { readonly kind: 'incomplete-data' }
  /** `threshold`: a number, or the name of a value of the decision that must not be below 0.5. */
  | { readonly kind: 'low-confidence'; readonly threshold: string }
  | { readonly kind: 'operator' };

/** A doubt about one message: a rule erred, a value was missing, a score was low. PHI-free. */
export interface Doubt {
  readonly trigger: DoubtKind;
  /** Node that doubts, and what about: names of tables, inputs and thresholds, never values. */
  readonly node: { readonly id: string; readonly name: string };
  readonly sentence: string;
}

/** One message that was held for a person. */
export interface HeldForReview {
  readonly workId: string;
  readonly messageId: string;
  readonly definition: string;
  readonly heldAt: Millis;
  readonly because: FallbackMode | Doubt['trigger'];
  readonly sentence: string;
  /** Task that asks for the decision. */
  readonly taskId: string | null;
  /** What was not carried out outside, by effect (mode `recommend-only`). */
  readonly recommended: readonly string[];
  /** Later messages of the same ordering key that were done since: the remedy says so before it is processed. */
  readonly doneSince: number;
}

/** `newer-done`: asked with `newerKnown` it is processed; `still-recommending`: the fallback has to be left first. */
export type ReviewOutcome =
  'processed' | 'put-aside' | 'decided-before' | 'unknown' | 'newer-done' | 'still-recommending';

export interface FallbackService {
  /** What the definitions in force declare; replaces what was declared before. */
  declare(all: readonly DeclaredFallback[]): void;
  declared(): readonly DeclaredFallback[];
  /** Asked with each decision. */
  declaredOf(definition: string): DeclaredFallback | undefined;
  /** The one in force; `undefined`: none. Cheap: asked with every message. */
  inForce(definition: string): Fallback | undefined;
  list(): readonly Fallback[];
  /** @throws `fallback-undeclared` (the intent has none), `fallback-stale`, `fallback-reason-missing` */
  enter(request: {
    readonly definition: string;
    /** Version seen; 0: none was in force. */
    readonly seen: number;
    readonly actor: string;
    readonly reason: string;
  }): Promise<Fallback>;
  /** @throws `fallback-stale`, `fallback-not-in-force` */
  leave(request: {
    readonly definition: string;
    readonly seen: number;
    readonly actor: string;
    readonly reason: string;
  }): Promise<void>;
  /**
   * A node doubts. `reviewed`: a person said "process it" to this very doubt, the flow goes on with what it has;
   * `held`: the item is parked here and its branch ends; `not-declared`: the intent does not ask for it.
   */
  doubt(work: ClaimedWork, doubt: Doubt): Promise<'held' | 'reviewed' | 'not-declared'>;
  /** What was held and has not been decided, oldest first. */
  held(query: {
    readonly definitions?: readonly string[];
    readonly after?: string;
    /** 1 to 500, default 100. */
    readonly limit?: number;
  }): Promise<{ readonly items: readonly HeldForReview[]; readonly next: string | null }>;
  /** One commit each; answers what became of each. `put-aside`: a person has done by hand what was to be done; needs a reason. */
  decide(
    workIds: readonly string[],
    decision: ReviewDecision,
    by: {
      readonly actor: string;
      readonly reason: string;
      /** Whoever asks knows that newer messages of the same key were done since. */
      readonly newerKnown?: boolean;
    },
  ): Promise<readonly { readonly workId: string; readonly outcome: ReviewOutcome }[]>;
  /** Not decided, by definition. */
  heldCounts(): Promise<Readonly<Record<string, number>>>;
  /** Told when one is entered or left. Returns the function that ends that. */
  onChange(listener: () => void): () => void;
  start(): void;
  stop(): Promise<void>;
}
