/** The engine as one object: what `createEngine` composes and the runtime, the CLI and tests hold. */
import type { IdentifierMark } from './audit/identifier-marks.ts';
import type { AcknowledgementService } from './acknowledgements/acknowledgement-service.ts';
import type { AlertService } from './alerts/alert-service.ts';
import type { Clock } from './base/clock.ts';
import type { Ids } from './base/ids.ts';
import type { Log } from './base/log.ts';
import type { EffectRunner } from './effects/once.ts';
import type { EndpointHealth } from './endpoints/endpoint-health.ts';
import type { FhirEndpoints } from './fhir/endpoint.ts';
import type { Intake } from './intake/feed.ts';
import type { Hl7Endpoints } from './mllp/endpoint.ts';
import type { OperatorControls } from './operations/controls.ts';
import type { Dispatcher } from './queue/source.ts';
import type { EscalationService } from './schedule/escalation-service.ts';
import type { Store } from './store/contract/index.ts';
import type { StoreTrouble } from './store-failures.ts';
import type { TaskService } from './tasks/task-service.ts';

export interface Engine {
  /** `staging`, `production`; also the owner name of claims. */
  readonly environment: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly store: Store;
  readonly intake: Intake;
  /** What senders in enhanced mode are told of their messages. */
  readonly acknowledgements: AcknowledgementService;
  readonly dispatcher: Dispatcher;
  readonly effects: EffectRunner;
  readonly escalations: EscalationService;
  readonly tasks: TaskService;
  readonly alerts: AlertService;
  /** FHIR servers. */
  readonly endpoints: FhirEndpoints;
  /** Receivers of HL7 messages. */
  readonly hl7Endpoints: Hl7Endpoints;
  readonly controls: OperatorControls;
  readonly live: LiveFeed;
  /** Stands for a patient's identifier in audit records. */
  readonly identifierMark: IdentifierMark;
  /** Of endpoints of every kind, by name. */
  endpointHealth(): readonly EndpointHealth[];
  /** Why nothing can be kept at the moment; `null` while all is well. */
  storeTrouble(): StoreTrouble | null;
  /** Takes work up: call when the flows have started. */
  start(): void;
  /** Stops listening, finishes what is in flight, flushes, closes. */
  stop(withinMs: number): Promise<void>;
}

/** Something changed; whoever shows it asks again. No content. */
export type LiveChange =
  | { readonly kind: 'message'; readonly id: string }
  | { readonly kind: 'escalation'; readonly id: string }
  | { readonly kind: 'feed'; readonly name: string }
  | { readonly kind: 'endpoint'; readonly name: string }
  /** `name` is the id of the switch. */
  | { readonly kind: 'switch'; readonly name: string }
  /** What the environment runs, or how that differs from what was approved; `name` is the environment. */
  | { readonly kind: 'release'; readonly name: string }
  /** Changes went untold: whoever shows something asks for all of it again. */
  | { readonly kind: 'gap' }
  | { readonly kind: 'notice'; readonly notice: ConsoleNotice };

/** A notice to people at the console (an escalation step on channel `console`). PHI-free. */
export interface ConsoleNotice {
  readonly id: string;
  readonly at: number;
  readonly escalationId: string | null;
  readonly messageId: string;
  /** Whose flow says it. */
  readonly definition: string;
  readonly lane: string;
  readonly to: string;
  readonly text: string;
}

export interface LiveFeed {
  publish(change: LiveChange): void;
  subscribe(listener: (change: LiveChange) => void): () => void;
}
