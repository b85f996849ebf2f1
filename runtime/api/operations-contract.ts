/**
 * What operations ask of a runtime, beside `contract.ts`: switches, many dead letters at once, effects that wait for a
 * person's decision, and figures over time. The console's pages and the CLI are built against these shapes.
 */
import type {
  EffectRecord,
  Lane,
  MinuteFigures,
  QueueDepth,
  ReasonFigures,
  Switch,
  SwitchKind,
  SwitchMode,
  SwitchView,
  WorkState,
} from '../../engine/index.ts';

/** GET /switches: in force or still to come, oldest first. */
export interface SwitchList {
  readonly asOf: number;
  readonly switches: readonly SwitchView[];
}

/** POST /switches -> 201 and the `Switch`. `refuse` and `close` are for feeds. */
export interface SwitchRequest {
  readonly kind: SwitchKind;
  readonly name: string;
  readonly mode: SwitchMode;
  readonly reason: string;
  /** Later than now for a maintenance window still to come; absent: at once. */
  readonly from?: number;
  /** Absent: until somebody clears it. */
  readonly until?: number;
}

/** POST /switches/:id/clear { reason } -> { outcome: 'cleared' }; 404 where there is none of this id. */
export interface ClearedSwitch {
  readonly outcome: 'cleared';
}

/** Which dead letters: those that fit all that is given. Empty: all of them. */
export interface DeadLetterFilter {
  /** Catalogue code of the failure. */
  readonly code?: string;
  readonly definition?: string;
  readonly feed?: string;
  /** MSH-9, or its first component alone. */
  readonly type?: string;
  /** When the message was received. */
  readonly since?: number;
  readonly until?: number;
  /** Dead since before this moment: a caller that goes on gives its first, so that what dies again is not taken twice. */
  readonly deadBefore?: number;
  /** Messages with a larger `seq`: a caller that goes on gives `next`, since some may stay dead. */
  readonly after?: number;
}

/** POST /dead-letters/redrive and POST /dead-letters/discard; with `?dryRun=1` nothing changes and no reason is needed. */
export interface DeadLetterRequest {
  readonly filter: DeadLetterFilter;
  readonly reason?: string;
}
export interface DeadLetterAnswer {
  /** Messages that fit, and their work items that were (dry run: would be) redriven or discarded. */
  readonly messages: number;
  readonly items: number;
  /** Dead items that a discard leaves as they are: an open escalation tells people by them. 0 for a redrive. */
  readonly spared: number;
  /** Newer items of the same ordering keys that are done already. */
  readonly doneAfter: number;
  /** Of the items: how many no flow takes any more. Redriven, they would wait for a flow to come back. */
  readonly withoutSource: number;
  /** `false`: there was no time to look for all of them, so there may be more. */
  readonly doneAfterComplete: boolean;
  /** Effects of those items that happened (not repeated), and that may have happened (looked up or decided first). */
  readonly effectsDone: number;
  readonly effectsUncertain: number;
  /** More fit than one call takes: the numbers are of this call, and another call goes on. */
  readonly more: boolean;
  /** Goes into `filter.after` of the next call; `null`: these were all. */
  readonly next: number | null;
}

/** Which frames in quarantine. `quarantinedBefore`: as `deadBefore`, for a caller that goes on. */
export interface QuarantineFilter {
  readonly code?: string;
  readonly feed?: string;
  readonly quarantinedBefore?: number;
  /** Messages with a larger `seq`: a caller that goes on gives `next`, since what cannot be read stays. */
  readonly after?: number;
}
/** POST /quarantine/reread and POST /quarantine/discard; with `?dryRun=1` nothing changes and no reason is needed. */
export interface QuarantineRequest {
  readonly filter: QuarantineFilter;
  readonly reason?: string;
}
export interface QuarantineAnswer {
  /** Messages looked at by this call. */
  readonly messages: number;
  /** Of them: read again (dry run: would be), or discarded. */
  readonly done: number;
  /** Of them: cannot be read now either, were cut, or their feed or body is gone or the feed is stopped; they stay. */
  readonly stay: number;
  /** Goes into `filter.after` of the next call; `null`: these were all. */
  readonly next: number | null;
}

/** GET /effects/uncertain: ambiguous effects of dead letters, oldest first; at most 500. */
export interface UncertainEffects {
  readonly asOf: number;
  readonly effects: readonly Omit<EffectRecord, 'result'>[];
}
/** POST /effects/:key/decide -> { outcome: 'decided' }; 409 where it is not ambiguous any more. */
export interface EffectDecision {
  /** `done`: it happened, so it is not repeated. `failed`: it did not, so another try acts again. */
  readonly outcome: 'done' | 'failed';
  readonly reason: string;
}

/** GET /metrics/series?since=&until=: whole minutes, oldest first, those without anything left out; at most 24 h. */
export interface FigureSeries {
  readonly asOf: number;
  /** Of the first and behind the last minute asked for. */
  readonly since: number;
  readonly until: number;
  readonly minutes: readonly MinuteFigures[];
}

/** GET /metrics/queue */
export interface QueueFigures {
  readonly asOf: number;
  readonly lanes: readonly QueueDepth[];
  readonly subscriptions: readonly {
    readonly subscription: string;
    readonly state: WorkState;
    readonly count: number;
    /** When its oldest item was created. */
    readonly oldest: number;
  }[];
}

/** GET /metrics/reasons: why messages are dead or quarantined, most frequent first. */
export interface ReasonList {
  readonly asOf: number;
  readonly reasons: readonly ReasonFigures[];
}

export type { Lane, MinuteFigures, QueueDepth, ReasonFigures, Switch, SwitchKind, SwitchMode, SwitchView };
