/** Who is who, as documents: keys, what joins them, questions, findings. */
import type { LinkKind, QuestionState } from '../contract/index.ts';

export interface IdentityKeyDoc {
  /** The key. */
  _id: string;
  /** The last message that stated it. */
  messageId: string;
  /** JSON of the record (identity/identity-tables.ts), as of all here. */
  record: string;
}

export interface IdentityGroupDoc {
  _id: string;
  record: string;
  /** When a link of it was taken back: meets whoever is just adding to it. */
  touched?: number;
}

export interface IdentityAlikeDoc {
  /** Keyed hash over elements. */
  _id: string;
  /** JSON of the keys. */
  record: string;
}

export interface IdentityLinkDoc {
  _id: string;
  kind: LinkKind;
  messageId: string;
  recordedAt: number;
  record: string;
}

export interface IdentityQuestionDoc {
  _id: string;
  state: QuestionState;
  messageId: string;
  since: number;
  record: string;
}

export interface IdentityFindingDoc {
  /** The message. */
  _id: string;
  record: string;
}
