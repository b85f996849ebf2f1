/**
 * What Wardflow nodes may ask of the runtime, found at `RED.settings.wardflow`. Node folders depend on this interface
 * only; the runtime implements it over the engine and Node-RED's hooks.
 */
import type {
  Definition,
  Engine,
  FeedSettings,
  NewWork,
  SubscriptionFilter,
  ClaimedWork,
  Failure,
} from '../engine/index.ts';

/** `msg.wardflow`: plain data, survives cloning. Flows may read it and must not change it. */
export interface MessageContext {
  readonly messageId: string;
  readonly workId: string;
  readonly correlationId: string;
  readonly traceparent: string;
  readonly lane: string;
  readonly orderingKey: string | null;
  readonly attempt: number;
  readonly definition: string;
  readonly definitionVersion: string;
  readonly mode: 'live' | 'replay' | 'correction';
  /** The open branch this message runs on. Written by the runtime's hooks. */
  readonly branch: string;
}

export interface WardflowMessage {
  _msgid?: string;
  payload?: unknown;
  event?: unknown;
  wardflow?: MessageContext;
  [property: string]: unknown;
}

export interface NodeServices {
  readonly engine: Engine;
  /** The definition a node belongs to, from its tab (`z`), at the version loaded now. */
  definitionOf(node: { readonly id: string; readonly z?: string }): Definition | undefined;
  /** The definition at the version pinned for this work item: rules, maps and ladders are resolved here. */
  pinnedDefinition(context: MessageContext): Promise<Definition>;
  /** The claim behind a message in flight; `undefined` after its lease was lost or its item ended. */
  workOf(context: MessageContext | undefined): ClaimedWork | undefined;
  /** A feed config node says what its feed means; in force when the flows have started. */
  registerFeed(nodeId: string, settings: FeedSettings): void;
  /** A source node registers itself; `emit` sends the first messages of a work item into the flow. */
  registerSource(registration: SourceRegistration): void;
  /** Removes whatever a node registered (on close). */
  unregister(nodeId: string): void;
  /** Ends the branch the message runs on. Safe to call more than once for one branch: the first counts. */
  settle(
    msg: WardflowMessage,
    outcome: { readonly kind: 'done' } | { readonly kind: 'failed'; readonly failure: Failure },
  ): void;
  /**
   * A child item that begins when the message's item ends well, in the same commit; a child that is there already under
   * the key is left as it is. Throws `child-twice` where another branch of the item has made one with this key.
   */
  addChild(msg: WardflowMessage, child: NewWork): void;
  /** Adds a PHI-free note to the step being taken (shown in the trace). */
  note(msg: WardflowMessage, text: string): void;
}

export interface SourceRegistration {
  readonly nodeId: string;
  /** `<definition>/<name>`. */
  readonly id: string;
  readonly definition: string;
  readonly capacity: number;
  readonly leaseMs: number;
  /** Set by `hl7 in`: what it subscribes to. */
  readonly subscription?: {
    readonly feed: string;
    readonly filter: SubscriptionFilter;
    /** Set by `quarantine in`. */
    readonly takes?: 'quarantine';
  };
  /** Makes the messages of an item and sends them, all in one `send`. `context.branch` is the item's first branch. */
  emit(work: ClaimedWork, context: MessageContext): Promise<void>;
}
