/**
 * Who is who (decision 0021): keys of patients, links between them, questions to people, and what was found of each message.
 * A key is opaque (`patientKey`). Demographics are keyed hashes, and go with the body of the last message that stated them; keys and
 * links say nothing of a patient and stay.
 */
import type { Millis } from '../../base/clock.ts';

/** `stated`: one message gave both. `person`: somebody answered a question. */
export type LinkKind = 'merged' | 'renumbered' | 'person' | 'stated';

export interface IdentityLink {
  /** Of both keys, the kind's rank and the time: the same merge sent again is the same link. */
  readonly id: string;
  /** From 1; every change makes the next. */
  readonly version: number;
  readonly prior: string;
  readonly survivor: string;
  readonly kind: LinkKind;
  /** When it came to be so, as the sender says. */
  readonly at: Millis;
  readonly recordedAt: Millis;
  /** That said so; of an answer, the message that was asked about. */
  readonly messageId: string;
  /** `message`, or who answered. */
  readonly by: string;
  /** A person's. */
  readonly reason: string | null;
  readonly undone: { readonly by: string; readonly at: Millis; readonly reason: string } | null;
}

export const QUESTION_STATES = ['open', 'same', 'different', 'withdrawn'] as const;
export type QuestionState = (typeof QUESTION_STATES)[number];

/**
 * "Is this the same person?"
 *   open -> same | different (a person says so) | withdrawn (a merge has answered it);   withdrawn -> open (asked again)
 *   open -> open (a person leaves it open, with a reason)
 */
export interface IdentityQuestion {
  readonly id: string;
  /** From 1; every change makes the next. */
  readonly version: number;
  readonly state: QuestionState;
  /**
   * `overlay`: the number is known, and elements differ. `two-people`: the numbers of one message lead to two. `duplicate`: no number
   * is known, and the elements are those of somebody who is.
   */
  readonly kind: 'overlay' | 'two-people' | 'duplicate';
  /** Of an overlay one key, else two: the one that was known longer first. */
  readonly keys: readonly string[];
  /** Names alone: those that differ (overlay) or agree (duplicate). */
  readonly elements: readonly string[];
  /** Names of the elements that were compared and that both sides state, when it was asked. Absent: asked before this was kept. */
  readonly compared?: { readonly agree: readonly string[]; readonly differ: readonly string[] };
  /** Of an overlay while it is open: what would be accepted. */
  readonly marks: Readonly<Record<string, string>> | null;
  /** That raised it. */
  readonly messageId: string;
  /** The last one about the other person; may have gone by now. */
  readonly otherMessageId: string | null;
  readonly since: Millis;
  readonly decided: { readonly by: string; readonly at: Millis; readonly reason: string } | null;
  /** Of an open one: who looked at it last and could not say. Absent: nobody. */
  readonly left?: { readonly by: string; readonly at: Millis; readonly reason: string };
  /** That an answer has made. */
  readonly linkId: string | null;
}

/** What one message says of one patient. */
export interface PersonStatement {
  /** Key by which its events would be told. */
  readonly chosen: string;
  /** Keys of its identifying identifiers, `chosen` among them if it is one; empty: nobody can be matched by it. */
  readonly keys: readonly string[];
  /** When it was recorded. */
  readonly at: Millis;
  /** Keyed hash of each configured element that is stated. */
  readonly marks: Readonly<Record<string, string>>;
  /** Elements that must agree where both sides state them. */
  readonly compare: readonly string[];
  /** Over the elements by which duplicates are found; `null`: not all of them are stated. */
  readonly alike: string | null;
  readonly findBy: readonly string[];
}

export interface IdentityStatement {
  readonly people: readonly PersonStatement[];
  readonly links: readonly {
    readonly prior: string;
    readonly survivor: string;
    readonly kind: 'merged' | 'renumbered';
    readonly at: Millis;
  }[];
}

/** Of one message. */
export const MOST_PEOPLE = 20;
export const MOST_STATED_KEYS = 20;
export const MOST_STATED_LINKS = 100;
/** Keys that are one person: more is a number that everybody has. */
export const MOST_KEYS = 100;

export type IdentityVerdict = 'matched' | 'new' | 'review' | 'unidentified';

/** As of the first time that the message was seen. */
export interface IdentityFinding {
  /** Of several patients the most doubtful. */
  readonly verdict: IdentityVerdict;
  /** Names of elements, and `identifiers`, `too-many-identifiers` or `too-many-questions`; never values. */
  readonly reasons: readonly string[];
  /** Those that it waits for. */
  readonly questions: readonly string[];
  /** By stated key, where another survives. */
  readonly survivors: Readonly<Record<string, string>>;
  /** By surviving key: the others of the person. */
  readonly former: Readonly<Record<string, readonly string[]>>;
  /** Keys whose person has changed by this message: a link was made. */
  readonly changed: readonly string[];
  /**
   * There where nothing was written: it is so for whatever says the same of the same patients and is delivered from then on, until a
   * link, a question or an answer comes.
   */
  readonly holdsFrom?: Millis;
}

export interface TakeHow {
  /** A message in doubt is judged anew, because a person has let it go on. */
  readonly again?: boolean;
  /**
   * Of the work that asks. What says no more than who it is, is then not kept with the message, and a repeated delivery is told by the
   * links as they were at the first. Absent: it is kept.
   */
  readonly delivery?: { readonly firstAt: Millis; readonly repeated: boolean };
}

/** Everything that is known of a person. */
export interface KnownPerson {
  readonly survivor: string;
  /** Whom the links make one, the survivor first. */
  readonly keys: readonly {
    readonly key: string;
    readonly since: Millis;
    readonly messageId: string;
    readonly lastMessageId: string;
  }[];
  /** All that are about one of the keys, newest first; `counts`: the survivor follows from it. */
  readonly links: readonly (IdentityLink & { readonly counts: boolean })[];
  readonly questions: readonly IdentityQuestion[];
}

export interface IdentityQuestionQuery {
  readonly states?: readonly QuestionState[];
  readonly messageId?: string;
  /** Raised by a message that has work of one of these; an empty list: none. */
  readonly definitions?: readonly string[];
  /** Those asked before. */
  readonly before?: Millis;
  /** 1 to 1000, default 100. */
  readonly limit?: number;
}

export interface IdentityLinkQuery {
  readonly kinds?: readonly LinkKind[];
  readonly messageId?: string;
  /** Of a message that has work of one of these; an empty list: none. */
  readonly definitions?: readonly string[];
  /** Those recorded before. */
  readonly before?: Millis;
  /** 1 to 1000, default 100. */
  readonly limit?: number;
}

/** `stale`: somebody was faster. Nothing was kept. */
export type IdentityOutcome = 'kept' | 'stale' | 'unknown';

export interface Identities {
  /**
   * One step for racing callers: records links, matches, asks. The second time for the same message gives what the first gave and
   * changes nothing.
   */
  take(messageId: string, statement: IdentityStatement, now: Millis, how?: TakeHow): Promise<IdentityFinding>;
  /**
   * `survivor` (one of the two keys) is for `same` where there are two. `same: null`: who looked cannot say, and it stays open. With
   * its record in one commit.
   */
  answer(
    questionId: string,
    seen: number,
    answer: {
      readonly same: boolean | null;
      readonly survivor: string | null;
      readonly by: string;
      readonly reason: string;
      readonly at: Millis;
    },
  ): Promise<IdentityOutcome>;
  /** Takes a link back. */
  undo(
    linkId: string,
    seen: number,
    by: { readonly by: string; readonly reason: string; readonly at: Millis },
  ): Promise<IdentityOutcome>;
  /** `undefined`: the key is not known. */
  person(key: string): Promise<KnownPerson | undefined>;
  question(id: string): Promise<IdentityQuestion | undefined>;
  /** Newest first. */
  questions(query: IdentityQuestionQuery): Promise<readonly IdentityQuestion[]>;
  counts(query?: Pick<IdentityQuestionQuery, 'definitions'>): Promise<Readonly<Record<QuestionState, number>>>;
  link(id: string): Promise<IdentityLink | undefined>;
  /** Newest first, by when they were recorded. */
  links(query: IdentityLinkQuery): Promise<readonly IdentityLink[]>;
  finding(messageId: string): Promise<IdentityFinding | undefined>;
}
