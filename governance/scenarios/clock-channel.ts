/** What the runner of scenarios and its runtime say to each other over the runtime's IPC channel. */
import type { AlertRecord, HeldBackAlert, TaskEvent, WorkflowTask } from '../../engine/index.ts';
import type { ChannelFault, TaskAct } from './people.ts';

export type Question = { readonly id: number } & (
  | {
      readonly kind: 'rest';
      /** Moves the clock to this moment first, milliseconds; it never goes back. */
      readonly move?: number;
    }
  | { readonly kind: 'fault'; readonly channel: string; readonly fault: ChannelFault }
  | { readonly kind: 'look' }
  | { readonly kind: 'task'; readonly task: string; readonly act: TaskAct }
);

/** To `rest`: given when the runtime is at rest. */
export interface Rest {
  readonly now: number;
  /** When something is due next; `null`: nothing waits for time. */
  readonly next: number | null;
  /** Requests and messages to endpoints that have no answer yet. */
  readonly requests: number;
}

/** To `look`. */
export interface People {
  /** Oldest first. */
  readonly tasks: readonly { readonly task: WorkflowTask; readonly events: readonly TaskEvent[] }[];
  readonly alerts: readonly AlertRecord[];
  readonly heldBack: readonly HeldBackAlert[];
  readonly told: readonly Told[];
}

/** An alert as one channel has got it. */
export interface Told {
  readonly at: number;
  readonly channel: string;
  /** What the channel did with it. */
  readonly fault: ChannelFault['kind'];
  readonly messageId: string | null;
  readonly alert: string;
  readonly telling: 'started' | 'resolved';
  readonly to: string;
  readonly people: readonly string[];
  readonly text: string;
  readonly reference: boolean;
  readonly repeat: boolean;
}

/** To `task`: how it was refused; `null`: it was done. */
export interface Acted {
  readonly refused: { readonly code: string; readonly text: string } | null;
  /** Where it was done: what the runtime said. */
  readonly answer?: unknown;
}

export type Answer = { readonly id: number; readonly answer: Rest | People | Acted | null };

/** Said once: the flows run, and the runtime's API listens there. */
export interface Ready {
  readonly ready: number;
}
