/** A way to reach people: takes one alert at a time and says what became of it. */
import type { Millis } from '../base/clock.ts';
import type { Failure } from '../store/contract/index.ts';

/** What is told. What the tier's content does not allow is not in it. */
export interface AlertMessage {
  /** Of the alert: the same in every repeat. */
  readonly id: string;
  /** Of this telling (`id`, and whether it began or ended), for receivers that keep repeats apart. */
  readonly key: string;
  readonly kind: 'started' | 'resolved';
  /** One line. */
  readonly text: string;
  readonly link: string;
  /** It may have arrived before. */
  readonly repeat: boolean;
  /** When it began or ended. */
  readonly at: Millis;
  /** Role, person or roster as people call them. */
  readonly to: string;
  /** Who covers it now, by user name. */
  readonly people: readonly string[];
  /** Identifiers of ours; `null`: they must not leave. */
  readonly reference: { readonly tier: string; readonly policy: string; readonly messageId: string } | null;
}

export type SendOutcome =
  /** `delivered`: whoever reads it has it; `sent`: a provider has taken it. */
  { readonly ok: true; readonly state: 'sent' | 'delivered' } | { readonly ok: false; readonly failure: Failure };

export interface AlertChannel {
  readonly name: string;
  send(message: AlertMessage): Promise<SendOutcome>;
}
