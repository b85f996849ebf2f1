/**
 * The runtime's own HTTP API, under `/wardflow/api/v1` of its Node-RED port: how console and CLI reach messages, tasks and
 * definitions. Authentication: `Authorization: Bearer <service token>`; who acts is named in `Wardflow-Actor`.
 * Bodies are JSON; times are epoch milliseconds; errors are `ApiProblem` (RFC 9457, application/problem+json).
 */
import type {
  AcknowledgementCounts,
  AcknowledgementRecord,
  AuditRecord,
  ConsoleNotice,
  DecisionRecord,
  Difference,
  DifferenceState,
  IdentityLink,
  IdentityQuestion,
  KnownPerson,
  MessageLabel,
  QuestionState,
  EffectRecord,
  EndpointHealth,
  LeftOutView,
  Escalation,
  Fallback,
  FeedStatus,
  SubscriptionView,
  FlowNode,
  Intent,
  LiveChange,
  MessageOutline,
  MessageCounts,
  MessageSummary,
  StoredMessage,
  RosterTrouble,
  StoreTrouble,
  SwitchView,
  WorkCounts,
  WorkView,
} from '../../engine/index.ts';

export type * from './operations-contract.ts';

export const API_ROOT = '/wardflow/api/v1';
export const ACTOR_HEADER = 'wardflow-actor';
/**
 * Sent for somebody who answers for a part only: base64url of `ScopeOfCall` as JSON. Lists are narrowed to it, what lies
 * outside answers 403 `outside-scope`. A route that applies it says `applied` in the same header of its answer.
 */
export const SCOPE_HEADER = 'wardflow-scope';
export interface ScopeOfCall {
  readonly definitions: readonly string[];
  readonly serviceLines: readonly string[];
}

export interface ApiProblem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** Catalogue code. */
  readonly code: string;
  readonly remedy: string;
  /** Somebody was faster (409 `task-stale` and the like): the thing as it is now, as its route gives it. */
  readonly now?: unknown;
}

/** GET /status */
export interface RuntimeStatus {
  readonly environment: string;
  readonly version: string;
  readonly startedAt: number;
  readonly asOf: number;
  readonly messages: MessageCounts;
  readonly work: WorkCounts;
  readonly inFlight: number;
  readonly oldestWaiting: number | null;
  readonly feeds: readonly FeedStatus[];
  /** A runtime of before has none to say. */
  readonly subscriptions?: readonly SubscriptionView[];
  readonly endpoints: readonly EndpointHealth[];
  /** Endpoints whose entry in bindings.json cannot be used. A runtime of before has none to say. */
  readonly leftOut?: readonly LeftOutView[];
  readonly openEscalations: number;
  /** Open work whose source is not there (a node was renamed or removed): it waits for ever. */
  readonly stranded: readonly StrandedWork[];
  /** What operators have stopped, or will. */
  readonly switches: readonly SwitchView[];
  /** Flows that do not run by themselves at present. */
  readonly fallbacks: readonly Fallback[];
  readonly definitions: readonly DefinitionSummary[];
  readonly durability: { readonly adapter: string; readonly settings: Readonly<Record<string, string>> };
  /** Why nothing can be kept at the moment (no message is acknowledged then); `null` while all is well. */
  /** By feed in enhanced mode: answers that its senders wait for, or have not taken yet. Feeds without any are left out. */
  readonly acknowledgements: readonly AcknowledgementCounts[];
  readonly storeTrouble: StoreTrouble | null;
  /** Why the roster's file is not what is in force. */
  readonly rosterTrouble: RosterTrouble | null;
  /** What FHIR servers hold otherwise than it was written, and nobody has settled. */
  readonly openDifferences: number;
  /** "Is this the same patient?", and nobody has answered. */
  readonly openIdentityQuestions: number;
  readonly rssBytes: number;
  /** Whether it runs under Node's permission model, with what that leaves open taken away. */
  readonly confined: boolean;
}

export interface StrandedWork {
  readonly subscription: string;
  readonly count: number;
  /** When the oldest was made. */
  readonly oldest: number;
}

export interface DefinitionSummary {
  readonly name: string;
  readonly version: string;
  readonly title: string;
  readonly risk: string;
  readonly serviceLine: string | null;
  readonly tab: string | null;
}

/** GET /messages?state=dead,waiting&feed=&type=&q=&patient=&order=&visit=&since=&until=&before=&limit= */
export interface MessageList {
  readonly asOf: number;
  readonly messages: readonly MessageSummary[];
  readonly counts: MessageCounts;
  /** `before` of the next page; `null` at the end. */
  readonly next: number | null;
}

/** GET /messages/:id */
export interface MessageDetail {
  readonly message: StoredMessage;
  readonly resends: readonly { readonly id: string; readonly receivedAt: number }[];
  readonly work: readonly WorkView[];
  readonly decisions: readonly DecisionRecord[];
  readonly effects: readonly EffectView[];
  readonly escalations: readonly EscalationView[];
  /** Enhanced mode: what its sender is told of it after it was kept; `null`: nothing is owed. Of a resend that of its first. */
  readonly acknowledgement: AcknowledgementRecord | null;
}

/** An effect without its result, which may be a FHIR resource as written: `summary` says what became of it. */
export type EffectView = Omit<EffectRecord, 'result'>;

/** An escalation without what it carries of the patient, and with what tells two of one title apart. */
export type EscalationView = Omit<Escalation, 'carry' | 'plan'> & {
  /** Its task is on the caller's own worklist, where they answer it; only in GET /escalations. */
  readonly onWorklist?: boolean;
  /** The message that started it. */
  readonly message: Pick<MessageSummary, 'controlId' | 'type' | 'patientHint'>;
};

/** GET /messages/:id/raw gives application/octet-stream; audited as `message.body-viewed`. */

/**
 * POST /hl7/outline: a message that the request brings, as a tree with names and advice (engine/hl7/outline.ts), a page of
 * segments at a time. Nothing is kept. 422 `unreadable-message`.
 */
export interface OutlineRequest {
  /** Either the text, */
  readonly text?: string;
  /** or the bytes, base64: their character set is read from the message. */
  readonly bytes?: string;
  /** Which message of a batch, from 0. */
  readonly message?: number;
  /** First segment of the page, from 0. */
  readonly from?: number;
  /** Segments of the page, 500 at most; default 200. */
  readonly most?: number;
  /** Only what has this in its path, name, value or meaning. */
  readonly find?: string;
  /** With the fields that the message leaves empty. */
  readonly empties?: boolean;
  /** With advice on the whole message. */
  readonly advise?: boolean;
}
export interface OutlineAnswer extends MessageOutline {
  readonly message: number;
  /** How many messages the text holds. */
  readonly messages: number;
}
/** Characters or bytes. */
export const LARGEST_OUTLINED = 6 * 1024 * 1024;

/**
 * GET /samples?feed=: messages that were pinned to their feed as samples, oldest first.
 * POST /messages/:id/pin { name } -> SampleView; POST /messages/:id/unpin. POST /samples/:id/look { use }: somebody is about to
 * be shown values of a pinned message; audited as `message.body-viewed`, once for each `use`.
 */
export interface SampleViews {
  readonly samples: readonly SampleView[];
}
export interface SampleView {
  /** Id of the message. */
  readonly message: string;
  readonly feed: string;
  readonly name: string;
  /** `user:ana`. */
  readonly by: string;
  readonly at: number;
  readonly type: string | null;
  readonly controlId: string | null;
  readonly receivedAt: number | null;
  /** Retention removed its body. */
  readonly gone: boolean;
}

/** POST /messages/:id/redrive { reason } */
export interface RedriveAnswer {
  readonly redriven: readonly string[];
  /** Newer items of the same keys that are done already: said before redriving with `?dryRun=1`. */
  readonly doneAfter: number;
  /** Of the dead items: how many no flow takes any more. Redriven, they would wait for a flow to come back. */
  readonly withoutSource: number;
}

/** POST /messages/:id/reread[?dryRun=1] { reason }: 409 where it still cannot be read. */
export interface RereadAnswer {
  readonly outcome: 'accepted' | 'unrouted' | 'resend';
  /** The new message; `null` in a dry run. */
  readonly id: string | null;
}
/** POST /messages/:id/release { reason }: parked work goes on now instead of at its time. */
export interface ReleaseAnswer {
  readonly released: readonly string[];
}

/**
 * POST /messages/:id/discard[?dryRun=1] { reason, all?: true, work?: ids }: what is dead; with `all` what waits or is
 * parked as well, with `work` the items named. Never what an open escalation has to tell.
 */
export interface DiscardAnswer {
  /** Empty in a dry run; the message's own id where it was in quarantine. */
  readonly discarded: readonly string[];
  /** The work meant: with `?dryRun=1` what would go. */
  readonly items: readonly Pick<WorkView, 'id' | 'definition' | 'subscription' | 'state'>[];
}

/** GET /definitions/:name */
export interface DefinitionDetail extends DefinitionSummary {
  readonly intent: Intent;
  /** README.md, as Markdown: intents and alert policies name its headings as runbooks. */
  readonly readme: string;
  readonly flow: readonly FlowNode[];
  readonly rules: readonly {
    readonly name: string;
    readonly title: string;
    readonly version: string;
    readonly rows: number;
  }[];
}

/** GET /definition-versions/:version: of any version that ran here, also of `_shared`; 404: it never did. */
export interface DefinitionVersion {
  readonly name: string;
  readonly version: string;
  /** Path -> text, with what it uses under `_shared/`. */
  readonly files: Readonly<Record<string, string>>;
}

/** GET /escalations?state=open; POST /escalations/:id/acknowledge { reason? } -> { outcome } */
export interface EscalationList {
  readonly asOf: number;
  readonly escalations: readonly EscalationView[];
}

/** GET /notices: the console notices of the last 24 h, newest first. */
export interface NoticeList {
  readonly notices: readonly ConsoleNotice[];
}

/** GET /audit?message=&type=&actor=&since=&until=&after=&before=&limit=&order=oldest-first */
export interface AuditList {
  readonly records: readonly AuditRecord[];
}
/** GET /audit/head: the newest record; `seq` 0 where there is none. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}
/** GET /audit/verify */
export interface AuditVerification {
  readonly intact: boolean;
  readonly records: number;
  readonly headSeq: number;
  readonly headHash: string;
  readonly firstBroken: { readonly seq: number; readonly why: string } | null;
}

/** GET /live: text/event-stream of LiveChange, coalesced to at most 10 a second per kind and id. */
export type { LiveChange };

/** A question without the hashes that an answer would accept. */
export type AskedIdentity = Omit<IdentityQuestion, 'marks'>;
/** `null`: it is not kept any more, or no work of the caller's part. */
export type NamedMessage = MessageLabel | null;
/** GET /identities?state=&message=&before=&limit=: newest first; of a part those that its messages raised. */
export interface IdentityQuestionList {
  readonly asOf: number;
  readonly questions: readonly (AskedIdentity & {
    readonly message: NamedMessage;
    /** Of `otherMessageId`. */
    readonly otherMessage: NamedMessage;
  })[];
  readonly counts: Readonly<Record<QuestionState, number>>;
  /** `before` of the next page. */
  readonly next: number | null;
}
/** GET /identities/links?message=&before=&limit=: merges, renumberings and answers, newest first; of a part those of its messages. */
export interface IdentityLinkList {
  readonly asOf: number;
  readonly links: readonly (IdentityLink & { readonly message: NamedMessage })[];
  /** `before` of the next page. */
  readonly next: number | null;
}
/** GET /identities/people/:id */
export type PersonView = Omit<KnownPerson, 'questions'> & { readonly questions: readonly AskedIdentity[] };
/** POST /identities/:id/answer -> AskedIdentity. */
export interface IdentityAnswer {
  /** Version that was seen. */
  readonly seen: number;
  /** `later`: it stays open, and who looked and why is kept with it. */
  readonly answer: 'same' | 'different' | 'later';
  /** Key that is used from now on; absent: the one that was known first. */
  readonly survivor?: string;
  readonly reason: string;
}
/** POST /identities/links/:id/undo -> IdentityLink. */
export interface IdentityUndoing {
  readonly seen: number;
  readonly reason: string;
}

/** GET /differences?state=&endpoint=&message=&definition=&before=&limit=: newest first; `counts` of the part. */
export interface DifferenceList {
  readonly asOf: number;
  readonly differences: readonly Difference[];
  readonly counts: Readonly<Record<DifferenceState, number>>;
  /** `before` of the next page. */
  readonly next: number | null;
}
/** POST /differences/:id/settle -> Difference. `again` writes what is missing again, under the same identifier. */
export interface DifferenceSettling {
  /** `since` of what was seen. */
  readonly seen: number;
  readonly how: 'accepted' | 'mended' | 'again';
  readonly reason: string;
}
