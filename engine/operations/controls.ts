/** Stopping and starting by operators: what is stopped now, what will be, and by whom. */
import type { Millis } from '../base/clock.ts';
import type { Switch, SwitchKind, SwitchMode } from '../store/contract/index.ts';

export interface SwitchRequest {
  readonly kind: SwitchKind;
  /** Name of the feed, endpoint or definition; a lane. */
  readonly name: string;
  /** Default `hold`. */
  readonly mode?: SwitchMode;
  readonly reason: string;
  readonly actor: string;
  /** Default: now. */
  readonly from?: Millis;
  /** Default: until somebody clears it. */
  readonly until?: Millis | null;
}

export interface SwitchView extends Switch {
  /** False: its time is still to come. */
  readonly inForce: boolean;
}

/**
 * What each switch stops:
 * - feed, `hold`: messages are accepted and wait; `refuse`: answered AE, `close`: no connection is taken. What refuses or
 *   closes stops new messages only: what was accepted is processed.
 * - endpoint: what would go there waits, without losing attempts or time, and goes on at once when it is cleared
 * - definition, lane: nothing of it is taken up (steps of its escalations included); what is in flight ends
 */
export interface OperatorControls {
  /**
   * Durable and audited before it resolves.
   * @throws WardflowError `switch-invalid`
   */
  set(request: SwitchRequest): Promise<Switch>;
  clear(id: string, by: { readonly actor: string; readonly reason?: string }): Promise<'cleared' | 'unknown'>;
  /** In force or still to come, oldest first. */
  list(): readonly SwitchView[];
  /** The one in force now; of several the strictest. */
  inForce(kind: SwitchKind, name: string): Switch | undefined;
  /** Told when something comes into force or ends, by a person or by its time. Returns the function that ends that. */
  onChange(listener: () => void): () => void;
}
