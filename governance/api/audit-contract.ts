/** Audit trails of the console and of every runtime, as the console's API shows and takes them. */
import type { DecisionRecord, EscalationState, LadderStep } from './runtime-shapes.ts';

/** What entries are wanted: the address of the page, the query of the API and the options of the command line. */
export interface AuditFilter {
  /** Words, each the beginning of a word of the entry. */
  readonly q?: string;
  /** `user:ana`, or `ana` for people, programs and the command line alike. */
  readonly actor?: string;
  /** `escalation.step`, or `escalation.*`. */
  readonly type?: string;
  readonly definition?: string;
  /** Id of a message, or its control id (MSH-10). */
  readonly message?: string;
  readonly proposal?: string;
  /** `console`, or a runtime's environment. */
  readonly environment?: string;
  /** Epoch milliseconds; `until` is not included. */
  readonly since?: number;
  readonly until?: number;
}

/** GET /audit?<filter>&messages=&cursor=&limit= */
export interface AuditAnswer {
  readonly asOf: number;
  readonly entries: readonly AuditItem[];
  /** `cursor` of the next page; `null` at the end. */
  readonly next: string | null;
  /** How many match; counted on the first page only. */
  readonly total: number | null;
  /** There are more than `total`: nobody counts further. */
  readonly more: boolean;
  readonly parts: readonly AuditPart[];
}

export interface AuditItem {
  /** Of this answer's order; an opaque text. */
  readonly id: string;
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
  readonly at: number;
  readonly type: string;
  readonly actor: string;
  /** The actor as people say it. */
  readonly who: string;
  readonly sentence: string;
  readonly reason: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly definition: string | null;
  readonly version: string | null;
  readonly messageId: string | null;
  readonly proposal: string | null;
  readonly bundle: string | null;
}

/** One trail that the list is made of. */
export interface AuditPart {
  readonly chain: string;
  /** Whether everything of it up to now is in the answer. */
  readonly complete: boolean;
  /** Its newest entry that can be in the answer. */
  readonly upTo: { readonly seq: number; readonly at: number } | null;
  readonly problem: { readonly code: string; readonly title: string; readonly remedy: string } | null;
}

/** GET /audit/days?<filter>&messages=&edges=<ascending epoch milliseconds>: how many match between each two edges. */
export interface AuditDayCounts {
  readonly counts: readonly number[];
}

/** GET /audit/choices: what filters can be set to. */
export interface AuditChoices {
  readonly types: readonly string[];
  readonly actors: readonly string[];
  readonly definitions: readonly string[];
  readonly environments: readonly string[];
}

/** POST /audit/find-messages { kind, value }: messages of a patient, an order or a visit. Audited by the runtimes. */
export interface FoundMessages {
  /** At most 200, the newest. */
  readonly messages: readonly string[];
  readonly more: boolean;
  readonly parts: readonly AuditPart['chain'][];
}

/** POST /audit/verify */
export interface AuditVerdictView {
  readonly intact: boolean;
  readonly at: number;
  readonly chains: readonly {
    readonly chain: string;
    readonly intact: boolean | null;
    readonly records: number;
    readonly upTo: { readonly seq: number; readonly at: number } | null;
    readonly signedUpTo: { readonly seq: number; readonly at: number; readonly head: number } | null;
    readonly findings: readonly AuditFinding[];
  }[];
  readonly heads: {
    readonly count: number;
    readonly newest: { readonly number: number; readonly at: number } | null;
    readonly findings: readonly AuditFinding[];
  };
}
export interface AuditFinding {
  readonly code: string;
  readonly text: string;
  readonly remedy: string;
}

/** GET /audit/heads: of the console's own status. GET /audit/heads.jsonl and /audit/heads-key are the files. */
export interface AuditHeadsView {
  readonly newest: { readonly number: number; readonly at: number; readonly unread: readonly string[] } | null;
  readonly problem: { readonly code: string; readonly title: string; readonly remedy: string } | null;
}

/** Where a version of a definition came from, where it was promoted. */
export interface ReleaseFact {
  /** SHA-256 of the bundle's manifest. */
  readonly bundle: string;
  readonly proposal: string | null;
  readonly author: string;
  readonly approvals: readonly { readonly person: string; readonly role: string; readonly at?: number }[];
  readonly promotedBy: string;
  readonly promotedAt: number;
}

/** GET /audit/why/:id: why somebody was told because of a message. */
export interface WhyTold {
  readonly asOf: number;
  readonly runtime: string;
  readonly message: {
    readonly id: string;
    readonly controlId: string | null;
    readonly type: string | null;
    readonly feed: string;
    readonly patientHint: string | null;
    readonly receivedAt: number;
  };
  readonly definitions: readonly {
    readonly name: string;
    readonly version: string;
    readonly title: string | null;
    /** `null`: no signed bundle brought it there. `unreadable`: that cannot be said now. */
    readonly release: ReleaseFact | 'unreadable' | null;
  }[];
  readonly decisions: readonly DecisionRecord[];
  readonly told: readonly Telling[];
  /** What came of it: notices, what was written to other systems. */
  readonly effects: readonly {
    readonly at: number;
    readonly definition: string;
    readonly effect: string;
    readonly target: string;
    readonly summary: string;
  }[];
  /** The message's entries, oldest first; empty for who may not read the audit. */
  readonly entries: readonly AuditItem[];
  readonly parts: readonly AuditPart[];
}

/** One escalation: whom its ladder has told, and who ended it. */
export interface Telling {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly definition: string;
  readonly ladder: string;
  readonly ladderVersion: string;
  readonly startedAt: number;
  readonly state: EscalationState;
  readonly steps: readonly (LadderStep & {
    readonly told: boolean;
    /** When; `null`: it was not, or nothing says when. */
    readonly toldAt: number | null;
    readonly dueAt: number;
  })[];
  readonly ended: {
    readonly at: number;
    readonly by: string;
    readonly via: string;
    readonly reason: string | null;
  } | null;
}
