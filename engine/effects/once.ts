/** `once(effect, action)`: the only way out of Wardflow. See store/contract/effects.ts for the states. */
import type { ClaimedWork, EffectRecord, Failure } from '../store/contract/index.ts';

/** What follows an ambiguous outcome (ARCHITECTURE, table under States). */
export type AmbiguityPolicy = 'look-first' | 'send-again' | 'person-decides';

export interface EffectSpec {
  readonly work: Pick<ClaimedWork, 'id' | 'fence' | 'messageId' | 'definition'>;
  readonly name: string;
  readonly target: string;
  readonly discriminator: string;
  readonly version: string;
  readonly onAmbiguous: AmbiguityPolicy;
  /** It stays within Wardflow: done also where the flow only recommends. */
  readonly inside?: true;
  /**
   * What is about to be done, as text. Two actions of one delivery with one key and different contents are a mistake in
   * the flow (a discriminator is missing): the second fails instead of being taken for a repeat. Absent: not compared.
   */
  readonly content?: string;
  /**
   * What is about to be sent, where a repeat has to be the same to the byte: kept before the first try, which and each later
   * one gets it as `EffectTry.request`. At most 8 MiB.
   */
  readonly request?: Uint8Array;
}

export interface EffectTry {
  /** SHA-256 hex: also the value of our identifier in what is written. */
  readonly key: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** True where an earlier try may have happened: look it up before acting (`look-first`), mark as a repeat (`send-again`). */
  readonly maybeDone: boolean;
  /** What to send: of the first try, whatever the spec of this one has. Absent where that has none. */
  readonly request?: Uint8Array;
}

export type ActionOutcome =
  | { readonly kind: 'done'; readonly result: unknown; readonly summary: string }
  | { readonly kind: 'failed'; readonly failure: Failure };

export type EffectResult =
  | { readonly kind: 'done'; readonly record: EffectRecord; readonly repeated: boolean }
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** The flow only recommends at present (engine/fallback): nothing was done, and a person is asked to. */
  | { readonly kind: 'recommended'; readonly target: string };

export interface EffectRunner {
  /**
   * Acts once for the key: a recorded outcome is returned, not repeated. The action's failure class decides the state:
   * `ambiguous` is recorded as such; a throw that is no WardflowError is ambiguous. Renews the lease while it runs.
   */
  once(spec: EffectSpec, action: (effect: EffectTry) => Promise<ActionOutcome>): Promise<EffectResult>;
  /** The key of an effect, for tests and for whoever looks a resource up by our identifier. */
  keyOf(
    spec: Omit<EffectSpec, 'work' | 'onAmbiguous'> & { readonly messageId: string; readonly definition: string },
  ): string;
}

/** `identifier.system` of everything we write to a FHIR server. */
export const EFFECT_IDENTIFIER_SYSTEM = 'urn:wardflow:effect';
