/**
 * scenarios/<name>.json: what happens to a definition, and what must come of it. `at` counts from the scenario's own
 * beginning, on a clock that the runner moves; nothing waits in real time.
 */
import type { GivenAnswer } from './http-simulator.ts';
import type { AlertAct, ChannelFault, FallbackAct, ReviewAct, RosterLine, TaskAct } from './people.ts';

/** What the other side of an endpoint does from now on. */
export interface Fault {
  /**
   * Of every kind of endpoint:
   * - `down`: connections are refused
   * - `timeout`: the request arrives, and no answer ever comes
   * - `lost-answer`: the request is acted upon, then the connection is cut
   * - `none`: it is well again
   *
   * Of a FHIR server, or one that speaks plain HTTP:
   * - `status`: it answers with `status` and does nothing
   * - `throttle`: 429 with `Retry-After: retryAfter`
   *
   * Of a receiver of HL7 messages:
   * - `half-answer`: the message is taken, and the connection ends in the middle of the answer
   * - `refuse`: answered `code` (default AE) with `error` in ERR-3 (default 207: an error of its own)
   * - `slow`: answered after `seconds`
   * - `wrong-id`: answered with the MSA-2 of another message, and with nothing else
   * - `twice`: answered two times
   */
  readonly kind: FaultKind;
  readonly status?: number;
  /** Seconds. */
  readonly retryAfter?: number;
  readonly code?: 'AE' | 'AR' | 'CE' | 'CR';
  /** Of HL7 table 0357. */
  readonly error?: string;
  readonly seconds?: number;
  /** For so many requests; absent: until another fault is set. */
  readonly times?: number;
  /** Only requests of this method and resource type; of a receiver: messages of this type, `ADT^A01`. */
  readonly method?: string;
  readonly type?: string;
}

export const FAULT_KINDS = [
  'down',
  'timeout',
  'lost-answer',
  'status',
  'throttle',
  'half-answer',
  'refuse',
  'slow',
  'wrong-id',
  'twice',
  'none',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Send {
  readonly feed: string;
  /** A file of samples/; or the text itself, with line ends for segment ends. */
  readonly sample?: string;
  readonly text?: string;
  /** What expectations call the message; default: the sample's name without its ending. */
  readonly as?: string;
  /** Texts replaced before it is sent; each must be there. */
  readonly replace?: readonly (readonly [string, string])[];
  /** The acknowledgement code that the sender must get; default AA. */
  readonly answer?: string;
}

export interface Step {
  /** ISO 8601 duration since the beginning; never before the step above. */
  readonly at: string;
  readonly send?: Send;
  /** Lets so much more time pass. */
  readonly advance?: string;
  /** Somebody answers at the console: the oldest open escalation, or that of a message. */
  readonly ack?: { readonly by: string; readonly of?: string };
  readonly fault?: Fault & { readonly endpoint: string };
  /** Somebody changes resources in the EHR: those of the type that match. */
  readonly change?: {
    readonly endpoint: string;
    readonly type: string;
    readonly match?: string;
    readonly set: Readonly<Record<string, unknown>>;
  };
  /** What an alert channel does from now on. */
  readonly channel?: ChannelFault & { readonly name: string };
  /** Somebody does something about a task of ours, an alert of a policy, the fallback, or what was held for review. */
  readonly task?: TaskAct;
  readonly alert?: AlertAct;
  readonly fallback?: FallbackAct;
  readonly review?: ReviewAct;
  /** What must hold at this moment. */
  readonly expect?: readonly Expectation[];
}

export const EXPECTATION_KINDS = [
  'effect',
  'task',
  'resource',
  'message',
  'request',
  'alert',
  'decision',
  'escalation',
  'state',
  'workflow-task',
  'policy-alert',
  'held-back',
  'told',
  'fallback',
  'review',
] as const;
export type ExpectationKind = (typeof EXPECTATION_KINDS)[number];

/**
 * How many of the things of a kind must match: exactly `count`, or at least one. What each kind's things look like is
 * in observed.ts and in docs/reference/formats.md.
 */
export interface Expectation {
  readonly kind: ExpectationKind;
  /** For people: what it is about. */
  readonly what?: string;
  readonly count?: number;
  /** JSONata over one thing; true where it is meant. Absent: all of the kind. */
  readonly match?: string;
  /** Only what came of this message. */
  readonly of?: string;
  /** For `resource`: its type. */
  readonly type?: string;
  /** For `state`: the message's state. */
  readonly is?: string;
}

export interface Scenario {
  readonly kind: 'scenario';
  readonly format: 1;
  readonly name: string;
  readonly title: string;
  readonly given?: {
    /** ISO 8601 with zone; the beginning. Default 2026-03-10T09:00:00Z. */
    readonly now?: string;
    readonly endpoints?: Readonly<
      Record<
        string,
        {
          readonly fault?: Fault;
          /** Of a FHIR server. */
          readonly resources?: readonly Readonly<Record<string, unknown>>[];
          /** Of an HTTP server. */
          readonly answers?: readonly GivenAnswer[];
        }
      >
    >;
    /** How alert channels behave from the beginning on. All that policies of the definition name are there. */
    readonly channels?: Readonly<Record<string, ChannelFault>>;
    /** Who covers which role; absent: there is no roster. */
    readonly roster?: readonly RosterLine[];
  };
  readonly steps: readonly Step[];
  readonly expect: readonly Expectation[];
}

export const DEFAULT_NOW = '2026-03-10T09:00:00Z';

/** What expectations call a message. */
export const labelOf = (send: Send): string => send.as ?? (send.sample ?? 'message').replace(/\.[a-z0-9]+$/i, '');
