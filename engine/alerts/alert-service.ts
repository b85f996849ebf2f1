/** Alerts as flows see them: something happened, is anybody to be told; the telling itself, as work of its own; people's answers. */
import type { AlertRecord, ClaimedWork, Lane } from '../store/contract/index.ts';
import type { AlertContent, AlertPolicy } from './alert-policy.ts';
import type { AlertAnswers } from './answer-alert.ts';
import type { AlertMessage } from './channel.ts';

export interface ConsiderAlert {
  readonly work: ClaimedWork;
  readonly definition: string;
  /** Unique in the definition: the telling is a child item for the source `<definition>/<name>`. */
  readonly name: string;
  readonly policy: AlertPolicy;
  /** What the policy's expressions see: `event`, `message`, `decision`. */
  readonly input: Readonly<Record<string, unknown>>;
  /** The event as it was told by the patient's other numbers: what alerts by one of them goes on. */
  readonly formerly?: readonly unknown[];
  /** `WorkflowTask.patient` */
  readonly patient?: string;
  /** One PHI-free line. */
  readonly title: string;
  /** Where it happened, for the roster; `null`: anywhere. */
  readonly unit: string | null;
  /** Id of our workflow task that it makes people look at: whoever takes that over has answered. Of another definition: none. */
  readonly task?: string;
  /** How soon it is told: a page may come of a message in the lane of routine ones. Default: the work's. */
  readonly lane?: Lane;
}

export type AlertOutcome =
  | 'started'
  /** One is open, of this tier or a more urgent one: counted to it. */
  | 'joined'
  | 'cooling-down'
  | 'suppressed'
  | 'resolved'
  /** No tier is meant; nothing was open that could be resolved. */
  | 'nothing';

export interface ConsideredAlert {
  readonly outcome: AlertOutcome;
  readonly tier: string | null;
  /** The one that was started, joined or resolved, or that cools down. */
  readonly alert: AlertRecord | null;
  /** The rule that held it back, or the id of the alert that did. */
  readonly by: string | null;
  /** Places in the policy that could not be asked. */
  readonly troubles: readonly string[];
}

/** Data of the child item that tells. The tier as it was: what is owed does not change with the policy. */
export interface AlertChildData {
  readonly alertId: string;
  readonly telling: AlertMessage['kind'];
  readonly to: string;
  readonly channels: readonly string[];
  readonly content: AlertContent;
  readonly unit: string | null;
}

export type DeliveredAlert =
  | { readonly kind: 'told'; readonly alert: AlertRecord; readonly channel: string; readonly repeat: boolean }
  /** Somebody acknowledged it, or it ended, before it had its turn; or nobody was told that it began. */
  | { readonly kind: 'not-needed'; readonly alert: AlertRecord };

export interface AlertService extends AlertAnswers {
  /** A redelivery gives what the first delivery gave. */
  consider(request: ConsiderAlert): Promise<ConsideredAlert>;
  /**
   * Tells by the first channel that takes it; each try is recorded. Where all fail the console is told.
   * @throws WardflowError `alert-undelivered` (transient: it is tried again), `alert-gone`
   */
  deliver(work: ClaimedWork): Promise<DeliveredAlert>;
}
