/**
 * The documents as MongoDB holds them. Absent members are left out, so that partial indexes stay small. Times are whole
 * milliseconds. A message's entry, its body and its work items are documents of their own (docs/decisions/0003).
 */
import type { mongo } from 'mongoose';
import type {
  AcknowledgementRecord,
  AuditRecord,
  EscalationState,
  Failure,
  GateReason,
  GateVerdict,
  MessageFormat,
  MessageState,
  DifferenceState,
  ProblemKind,
  ProblemState,
  SwitchKind,
  SwitchMode,
  TaskState,
  WorkState,
} from '../contract/index.ts';
import type * as alerts from './alert-documents.ts';
import type * as identity from './identity-documents.ts';

export interface MessageDoc {
  /** Its `seq`. */
  _id: number;
  id: string;
  feed: string;
  connection: string;
  receivedAt: number;
  controlId: string | null;
  /** `controlId` with ASCII letters in lower case: what people search by. */
  controlFold?: string;
  type: string | null;
  sender: string | null;
  messageTime: string | null;
  patientHint: string | null;
  correlationId: string;
  traceparent: string;
  /** By it a resend is known (likeness.ts): of the body, where `contentHash` is absent. */
  bodyHash: string;
  /** Of the body, where a resend is known by something else. */
  contentHash?: string;
  /** Absent: `hl7v2`. */
  format?: MessageFormat;
  size: number;
  /** `seq` and id of the first, for a resend. */
  resendOf?: number;
  resendOfId?: string;
  answerCode: string;
  answer: Uint8Array;
  /** `<kind>:<value>`. */
  keys?: string[];
  state: MessageState;
  since: number;
  /** How many work items it has. */
  items: number;
  definitions: string[];
  retryAt?: number | undefined;
  answeredAt?: number;
  recovered: boolean;
  reasonCode?: string | undefined;
  reasonText?: string | undefined;
}

/** A part of a frame: `_id` = seq * 64 + number of the part. */
export interface BodyDoc {
  _id: number;
  bytes: Uint8Array;
}

/** `_id` is the message's id. */
export interface AcknowledgementDoc extends Omit<
  { -readonly [Name in keyof AcknowledgementRecord]: AcknowledgementRecord[Name] },
  'messageId' | 'nextAt'
> {
  _id: string;
  seq: number;
  nextAt?: number | undefined;
  bytes?: Uint8Array;
}

export interface WorkDoc {
  _id: string;
  seq: number;
  messageSeq: number;
  messageId: string;
  subscription: string;
  definition: string;
  lane: number;
  /** Its lane, or a more urgent one that waits behind it on its key. */
  claimLane: number;
  orderingKey?: string;
  holds: boolean;
  state: WorkState;
  /** Waiting, due, and holder of its key: what a claim looks for. */
  ready?: true | undefined;
  /** Parked for a person: nothing but the decision moves it. */
  held?: true | undefined;
  /** It stands in its key's row: waiting, claimed, or dead with `holds`. */
  blocks?: true | undefined;
  /** Waiting, claimed, parked or dead. */
  open?: true | undefined;
  /** Newer ones of its key that were done when retention took them, while it rested. */
  newerGone?: number;
  attempt: number;
  counted: number;
  fence: number;
  createdAt: number;
  claimedAt?: number | undefined;
  firstDeliveredAt?: number | undefined;
  settledAt?: number | undefined;
  notBefore?: number | undefined;
  leaseUntil?: number | undefined;
  owner?: string | undefined;
  pinned?: string | undefined;
  failure?: Failure | undefined;
  discardReason?: string | undefined;
  /** Endpoint that it waits for, where its failure says so. */
  waitsFor?: string | undefined;
  correlationId: string;
  traceparent: string;
  childKey?: string;
  childKind?: string;
  parentId?: string;
  /** JSON. */
  childData?: string | undefined;
}

/**
 * One for each ordering key that has unfinished work. Whoever changes which item of the key may run writes this document,
 * so that two runtimes cannot do it at once. `holder` is the only item of the key that may be ready or claimed.
 */
export interface KeyDoc {
  _id: string;
  /** Items that block the key, by lane. */
  lanes: number[];
  holder: string;
  /** Place of the last that joined: whoever comes later stands behind it, whatever runtime gave it its number. */
  last: number;
  version: number;
}

/** `_id` = `<work id>/<attempt>`. Written when the attempt ends. */
export interface AttemptDoc {
  _id: string;
  workId: string;
  messageSeq: number;
  attempt: number;
  startedAt: number;
  endedAt: number | null;
  version: string | null;
  outcome: 'done' | 'retry' | 'dead' | 'interrupted' | 'held';
  failure?: Failure;
  /** JSON. */
  steps?: string;
}

/** Counters are kept in several places and added up by the reader, so that writers do not wait for one another. */
export interface CounterDoc {
  _id: string;
  kind: 'message' | 'work' | 'feed' | 'minute';
  name: string;
  state: string;
  n: number;
  last?: number;
}

export interface SequenceDoc {
  _id: string;
  next: number;
}

export interface EffectDoc {
  /** Its key. */
  _id: string;
  seq: number;
  messageId: string;
  workId: string;
  name: string;
  definition: string;
  target: string;
  discriminator: string;
  version: string;
  state: 'in-flight' | 'done' | 'failed' | 'ambiguous';
  owner: string;
  startedAt: number;
  endedAt?: number | undefined;
  tries: number;
  /** There is a document in `requests`. */
  request?: true;
  /** JSON. */
  result?: string | undefined;
  summary?: string | undefined;
  failure?: Failure | undefined;
}

/** What an effect is about to send, by its key, while it may have to be sent again. */
export interface RequestDoc {
  _id: string;
  messageId: string;
  bytes: Uint8Array;
}

export interface DecisionDoc {
  _id: string;
  seq: number;
  messageId: string;
  /** JSON. */
  record: string;
}

/** One message's fact with what the gate said of it. Scope and key are kept as a hash: they may name a patient. */
export interface GateDoc {
  _id: string;
  /** `_id` of its key's document. */
  key: string;
  seq: number;
  messageId: string;
  workId: string;
  contentHash: string;
  statedAt: number | null;
  stage: number | null;
  at: number;
  kind: GateVerdict['kind'];
  because: GateReason;
  first?: string;
  firstAt?: number;
}

/** Written by every verdict under the key, so that two runtimes cannot judge by the same past at once. */
export interface GateKeyDoc {
  _id: string;
  facts: number;
}

export interface EscalationDoc {
  _id: string;
  key: string;
  seq: number;
  messageId: string;
  subscription: string;
  fact?: string;
  task?: string;
  state: EscalationState;
  startedAt: number;
  nextStep: number;
  nextAt?: number | undefined;
  endedAt?: number;
  /** JSON. */
  endedBy?: string;
  /** JSON of the escalation as it was started, with who restated it. */
  record: string;
}

export interface TaskDoc {
  _id: string;
  seq: number;
  key: string;
  version: number;
  messageId: string;
  definition: string;
  code: string;
  state: TaskState;
  open?: true | undefined;
  role?: string | undefined;
  unit?: string | undefined;
  person?: string | undefined;
  urgency: number;
  dueRank: number;
  syncAt?: number | undefined;
  about?: string | undefined;
  /** Stated key of the patient. */
  patient?: string | undefined;
  /** Beside the record for reports. */
  serviceLine?: string | undefined;
  createdAt: number;
  stateSince: number;
  acknowledgedAt?: number | undefined;
  endedAt?: number | undefined;
  /** JSON of the task. */
  record: string;
}

/** `_id` is `<task>/<version that it made>`. */
export interface TaskEventDoc {
  _id: string;
  taskId: string;
  n: number;
  /** Somebody decided otherwise than the rule then. */
  overriddenAt?: number;
  record: string;
}

/** `_id` is the definition. */
export interface EndpointDownDoc {
  /** Name of the endpoint. */
  _id: string;
  since: number;
  seenAt: number;
}

export interface FallbackDoc {
  _id: string;
  version: number;
  /** JSON of the state. */
  record: string;
}

export interface ReviewDoc {
  _id: string;
  seq: number;
  workId: string;
  messageId: string;
  definition: string;
  taskId?: string;
  /** Nobody has decided yet. */
  open?: true | undefined;
  /** JSON of the review. */
  record: string;
}

export interface EventStateDoc {
  /** The state's key: a hash. */
  _id: string;
  /** The last message that stated it. */
  messageId: string;
  /** JSON of the state. */
  state: string;
}

export interface EventBeforeDoc {
  /** The message. */
  _id: string;
  /** JSON of the states before it, by key. */
  states: string;
}

export interface DifferenceDoc {
  _id: string;
  seq: number;
  version: number;
  state: DifferenceState;
  endpoint: string;
  definition: string;
  messageId: string;
  since: number;
  /** JSON of the difference. */
  record: string;
}

export interface ProblemDoc {
  _id: string;
  seq: number;
  version: number;
  kind: ProblemKind;
  state: ProblemState;
  definition: string;
  messageId: string;
  by: string;
  at: number;
  /** JSON of the report. */
  record: string;
}

/** `_id` is the name. */
export interface SubscriptionDoc {
  _id: string;
  version: number;
  /** JSON of the record. */
  record: string;
}

/** `_id`: feed and reference. */
export interface TakenVersionDoc {
  _id: string;
  versionId: string;
  lastUpdated: number | null;
  workId: string;
  at: number;
  /** Absent in those of before it was kept. */
  before?: string | null;
}

/** `_id`: endpoint, reference and version. */
export interface WrittenVersionDoc {
  _id: string;
  at: number;
  /** Absent in those of before it was kept. */
  base?: string | null;
  baseAt?: number | null;
}

export type AuditDoc = AuditRecord & { _id: string; chain: string };

export interface ChainDoc {
  _id: string;
  seq: number;
  hash: string;
}

export interface DefinitionDoc {
  _id: string;
  name: string;
  /** JSON: names of files hold dots. */
  files: string;
  at: number;
}

export interface SwitchDoc {
  _id: string;
  seq: number;
  kind: SwitchKind;
  name: string;
  mode: SwitchMode;
  reason: string;
  actor: string;
  setAt: number;
  from: number;
  until: number | null;
}

export interface MetaDoc {
  _id: string;
  version: number;
}

export interface Documents {
  messages: MessageDoc;
  bodies: BodyDoc;
  acknowledgements: AcknowledgementDoc;
  work: WorkDoc;
  keys: KeyDoc;
  attempts: AttemptDoc;
  counters: CounterDoc;
  sequences: SequenceDoc;
  effects: EffectDoc;
  requests: RequestDoc;
  decisions: DecisionDoc;
  gate: GateDoc;
  gateKeys: GateKeyDoc;
  eventStates: EventStateDoc;
  eventBefores: EventBeforeDoc;
  identityKeys: identity.IdentityKeyDoc;
  identityGroups: identity.IdentityGroupDoc;
  identityAlike: identity.IdentityAlikeDoc;
  identityLinks: identity.IdentityLinkDoc;
  identityQuestions: identity.IdentityQuestionDoc;
  identityFindings: identity.IdentityFindingDoc;
  escalations: EscalationDoc;
  tasks: TaskDoc;
  taskEvents: TaskEventDoc;
  alerts: alerts.AlertDoc;
  alertGroups: alerts.AlertGroupDoc;
  alertCounted: alerts.AlertCountedDoc;
  alertHeld: alerts.AlertHeldDoc;
  fallbacks: FallbackDoc;
  endpointDowns: EndpointDownDoc;
  reviews: ReviewDoc;
  differences: DifferenceDoc;
  problems: ProblemDoc;
  subscriptions: SubscriptionDoc;
  takenVersions: TakenVersionDoc;
  writtenVersions: WrittenVersionDoc;
  audit: AuditDoc;
  chains: ChainDoc;
  definitions: DefinitionDoc;
  switches: SwitchDoc;
  meta: MetaDoc;
}

export type Collections = { readonly [Name in keyof Documents]: mongo.Collection<Documents[Name]> };
