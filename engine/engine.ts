/** The engine as one object: what `createEngine` composes and the runtime, the CLI and tests hold. */
import type { IdentifierMark } from './audit/identifier-marks.ts';
import type { AcknowledgementService } from './acknowledgements/acknowledgement-service.ts';
import type { AlertService } from './alerts/alert-service.ts';
import type { TaskAlerts } from './tasks/task-alerts.ts';
import type { Clock } from './base/clock.ts';
import type { Ids } from './base/ids.ts';
import type { Log } from './base/log.ts';
import type { EffectRunner } from './effects/once.ts';
import type { EndpointHealth } from './endpoints/endpoint-health.ts';
import type { LeftOutView } from './endpoints/left-out-view.ts';
import type { FallbackService } from './fallback/fallback.ts';
import type { FhirEndpoints } from './fhir/endpoint.ts';
import type { FhirValidator } from './fhir/validation/validation.ts';
import type { SubscriptionService } from './fhir/subscriptions/subscription-service.ts';
import type { IdentityService } from './identity/identity-service.ts';
import type { Intake } from './intake/feed.ts';
import type { HttpEndpoints } from './http/endpoint.ts';
import type { HttpEventService } from './http/events/event-feed.ts';
import type { Hl7Endpoints } from './mllp/endpoint.ts';
import type { OperatorControls } from './operations/controls.ts';
import type { ProblemDesk } from './problems/problem-desk.ts';
import type { RosterReader } from './people/read-roster.ts';
import type { Dispatcher } from './queue/source.ts';
import type { Reconciler } from './reconcile/reconciler.ts';
import type { EscalationService } from './schedule/escalation-service.ts';
import type { Store } from './store/contract/index.ts';
import type { StoreTrouble } from './store-failures.ts';
import type { EhrCopies } from './tasks/ehr-copy.ts';
import type { TaskService } from './tasks/task-service.ts';

export interface Engine {
  /** `staging`, `production`; also the owner name of claims. */
  readonly environment: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly store: Store;
  readonly intake: Intake;
  /** Changes of FHIR servers that come in as notifications. */
  readonly subscriptions: SubscriptionService;
  /** What senders in enhanced mode are told of their messages. */
  readonly acknowledgements: AcknowledgementService;
  readonly dispatcher: Dispatcher;
  readonly effects: EffectRunner;
  readonly escalations: EscalationService;
  readonly tasks: TaskService;
  /** What the EHR shows of tasks. */
  readonly ehrCopies: EhrCopies;
  readonly alerts: AlertService;
  /** Alerts answered together with their tasks. */
  readonly taskAlerts: Pick<TaskAlerts, 'acknowledge' | 'tasksOf'>;
  /** Which patient is which. */
  readonly identities: IdentityService;
  readonly problems: ProblemDesk;
  /** Who covers which role now. */
  readonly roster: RosterReader;
  readonly fallbacks: FallbackService;
  /** Compares what was written with what FHIR servers hold. */
  readonly reconciler: Reconciler;
  /** FHIR servers. */
  readonly endpoints: FhirEndpoints;
  /** Checks resources against FHIR R4 (fhir/validation/create-validator.ts); nothing is loaded before the first. */
  readonly validator: FhirValidator;
  /** Receivers of HL7 messages. */
  readonly hl7Endpoints: Hl7Endpoints;
  /** Servers that speak plain HTTP. */
  readonly httpEndpoints: HttpEndpoints;
  /** Events that come in by HTTP. */
  readonly httpEvents: HttpEventService;
  readonly controls: OperatorControls;
  readonly live: LiveFeed;
  /** Stands for a patient's identifier in audit records. */
  readonly identifierMark: IdentifierMark;
  /** Of endpoints of every kind, by name. */
  endpointHealth(): readonly EndpointHealth[];
  /** Endpoints whose entry in bindings.json cannot be used: nothing is sent to them. */
  readonly leftOut: readonly LeftOutView[];
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
  | { readonly kind: 'task'; readonly id: string }
  | { readonly kind: 'alert'; readonly id: string }
  /** What was reported is clinical: the id only. */
  | { readonly kind: 'problem'; readonly id: string }
  /** `name` is the definition: entered, left, or something was held or decided. */
  | { readonly kind: 'fallback'; readonly name: string }
  /** A question about who somebody is, or a link. */
  | { readonly kind: 'identity'; readonly id: string }
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
  /** '': it is about none, such as the trouble of a subscription. */
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
