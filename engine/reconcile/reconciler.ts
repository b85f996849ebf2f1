/** Compares what we believe we wrote with what FHIR servers hold; what differs is work for a person. */
import type { Millis } from '../base/clock.ts';
import type { Difference } from '../store/contract/index.ts';

export interface Round {
  /** Writes that a server was asked about. */
  readonly looked: number;
  /** Of those, which could not be told: the server did not answer as it should. */
  readonly unknown: number;
  /** Differences that were not there before. */
  readonly found: number;
}

export interface SettleDifference {
  /** `since` of what the person saw: it changes with what is found, not with every look. */
  readonly seen: Millis;
  /**
   * `accepted`: what the server holds stands. `mended`: it was put right there. `again`: writes it again, which only what is
   * missing and was created by us can be; it carries the same identifier, so it is never there twice.
   */
  readonly how: 'accepted' | 'mended' | 'again';
  readonly reason: string;
  readonly actor: string;
}

export interface Reconciler {
  /** One round, as the schedule does it: open differences first, then the writes behind those of the last round. */
  round(): Promise<Round>;
  /**
   * @throws `difference-unknown`, `difference-stale`, `difference-not-open`, `difference-reason-wrong`,
   * `difference-not-repeatable`; what the server answers, where it is written again
   */
  settle(id: string, how: SettleDifference): Promise<Difference>;
}
