/** Escalations in engine terms: durable timers that tell people until somebody answers. */
import type { ClaimedWork, Escalation, LadderPlan, LadderStep, Lane } from '../store/contract/index.ts';

export interface StartEscalation {
  readonly work: ClaimedWork;
  readonly definition: string;
  /** Unique in its definition; child items go to the source `<definition>/<name>`. */
  readonly name: string;
  /** Source that gets the child items instead: for escalations of the runtime's own. */
  readonly source?: string;
  readonly discriminator: string;
  /**
   * What several messages may be about (the event's business key). While an escalation of the fact that another message
   * started is open, on the same ladder and as urgent, this one joins it; otherwise a new one begins. Absent: each message has its own.
   */
  readonly fact?: string;
  /** What the same was called by the patient's other numbers. */
  readonly formerFacts?: readonly string[];
  /** `WorkflowTask.patient` */
  readonly patient?: string;
  readonly ladder: string;
  readonly ladderVersion: string;
  readonly steps: readonly LadderStep[];
  /** Where they were worked out from working hours: what from, so that it can begin again. */
  readonly plan?: LadderPlan;
  /** `keep-last`: the last step repeats at its own interval; `fallback`: the escalation becomes `exhausted`. */
  readonly exhausted: 'keep-last' | 'fallback';
  readonly title: string;
  /** How soon its steps are worked on: a critical result may come in the lane of routine ones. Default: the work's. */
  readonly lane?: Lane;
  readonly watch: { readonly endpoint: string; readonly reference: string } | null;
  /** Our task that it tells people about; one that is unknown or of another definition is not watched. */
  readonly task?: string;
  readonly carry: unknown;
}

export interface EndedBy {
  readonly actor: string;
  readonly via: 'console' | 'cli' | 'fhir-task' | 'flow' | 'system';
  readonly reason?: string;
}

/** `child.data` of the items an escalation makes: what the source rebuilds `msg` from. */
export type EscalationChildData =
  | { readonly kind: 'step'; readonly escalationId: string; readonly step: number }
  | { readonly kind: 'ended'; readonly escalationId: string; readonly state: 'acknowledged' | 'cancelled' };

export interface EscalatedFact {
  readonly definition: string;
  readonly name: string;
  readonly fact: string;
  /** What the same was called by the patient's other numbers: where nothing is known by `fact`, what goes on is found by these. */
  readonly formerFacts?: readonly string[];
}

export interface EscalationService {
  /** `exists`: a redelivery of the message that started it. `joined`: another message's, about the same fact, is open. */
  start(request: StartEscalation): Promise<{
    readonly kind: 'started' | 'exists' | 'joined';
    readonly escalation: Escalation;
  }>;
  /**
   * The escalation of the fact that people are on now: of those that other messages than this one started, and before this
   * one did, what is open before what has ended, then the most urgent of the open ones, then the newest.
   */
  ofFact(about: EscalatedFact & { readonly messageId: string }): Promise<Escalation | undefined>;
  acknowledge(id: string, by: EndedBy): Promise<'acknowledged' | 'already-ended' | 'unknown'>;
  cancel(id: string, by: EndedBy): Promise<'cancelled' | 'already-ended' | 'unknown'>;
  /**
   * The ladder of a task that nobody has any more begins again, from now. It does not watch the EHR, which may still say that somebody
   * has it: what the EHR makes of the task comes by the task.
   * @param since version of the task with which nobody had it any more: once for each
   */
  beginAgain(of: Escalation, since: number): Promise<Escalation>;
  /** The key under which `start` keeps it; lets a flow acknowledge or cancel by message, name and discriminator. */
  keyOf(messageId: string, definition: string, name: string, discriminator: string): string;
}
