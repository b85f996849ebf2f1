/**
 * What Wardflow nodes may ask of the runtime, found at `RED.settings.wardflow`. Node folders depend on this interface
 * only; the runtime implements it over the engine and Node-RED's hooks.
 */
import type { FhirReading } from './reads-of-item.ts';
import type {
  Conversion,
  Definition,
  Engine,
  EventFeedSettings,
  FeedSettings,
  Hl7Message,
  HttpEventFeed,
  NewWork,
  SubscriptionFilter,
  WantedSubscription,
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
  /** The same of a source that is a feed of its own, such as a subscription: of events, not of HL7 messages. */
  registerEventFeed(nodeId: string, settings: EventFeedSettings): void;
  /** What a source watches on a FHIR server, beside its feed; in force when the flows have started. */
  registerSubscription(nodeId: string, wanted: WantedSubscription): void;
  /** What a source takes by HTTP, beside its feed; in force when the flows have started. */
  registerHttpFeed(nodeId: string, feed: HttpEventFeed): void;
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
  /** What was read at a FHIR server for this message: it is in the audit when the item ends, one record for all of it. */
  noteRead(msg: WardflowMessage, reading: FhirReading): void;
  /** What a node of this type would make of a message, for the editor's preview. Registered once, when its code is loaded. */
  registerPreview(type: string, preview: NodePreview, ofValues?: ValuePreview): void;
}

/**
 * What a node with these settings makes of one message, without doing anything outside it. `config` is what stands in an
 * open form, over the defaults: half typed, and as hostile as whoever sends it.
 *
 * A throw is told as the preview's problem; what is wrong with one field is better told as that row's.
 */
export type NodePreview = (given: PreviewGiven) => Promise<PreviewResult> | PreviewResult;

/** The preview of a node that works on a sample of any format: `msg.payload` is an HL7 message, a FHIR resource or other JSON. */
export type ValuePreview = (given: AnyGiven) => Promise<PreviewResult> | PreviewResult;

export type AnyGiven = Omit<PreviewGiven, 'msg' | 'zone'> & { readonly msg: WardflowMessage };

export interface PreviewGiven {
  readonly config: Readonly<Record<string, unknown>>;
  /** As `hl7 in` sends it, with its first event. What nodes on the way add is not there. It may be changed. */
  readonly msg: WardflowMessage & { readonly payload: Hl7Message };
  /** Of the node's tab, as it was deployed. */
  readonly definition: Definition | undefined;
  readonly now: Date;
  /** That the feed states for times without one. */
  readonly zone: string | null;
  /**
   * A value as typed into a form (FHIRPath over the resource that `msg` carries), bounded as the runtime's are and more tightly; `undefined`: it came out empty.
   * @param over what the expression is read over instead of `msg`
   * @throws WardflowError `preview-expression-wrong`, `preview-expression-failed`, `preview-expression-limit`
   */
  value(source: string, kind: 'str' | 'msg' | 'jsonata' | 'fhirpath', over?: object): Promise<unknown>;
}

export interface PreviewResult {
  readonly rows: readonly PreviewRow[];
  /** The message after the node's edits, for a node that makes one: shown against the one before. */
  readonly after?: Hl7Message;
  /** `after` is a message of its own, not the one before with changes. */
  readonly made?: true;
  /** What the message becomes in FHIR: shown beside it. */
  readonly conversion?: Conversion;
}

/** What one field of the form gives. */
export interface PreviewRow {
  /** The property, with the place in a list from 0: `key`, `edits[2]`. */
  readonly field: string;
  /** The name in a list of named values. */
  readonly label?: string;
  /** The place in the message that it is about; its name is looked up. */
  readonly path?: string;
  /** What stood there before, for an edit. */
  readonly before?: string;
  /** JSON; absent: empty. */
  readonly value?: unknown;
  /** The same was done at so many more places. */
  readonly more?: number;
  /** Nothing of it is done on this message. */
  readonly skipped?: true;
  readonly problem?: { readonly title: string; readonly remedy: string };
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
