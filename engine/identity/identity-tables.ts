/** What a step over identities sees and changes: an adapter gives it rows of one transaction. */
import type { IdentityFinding, IdentityLink, IdentityQuestion } from '../store/contract/identities.ts';
import type { AuditEntry } from '../store/contract/audit.ts';

/** Marks that hold, newest last, each with the time of the last message that stated it. */
export type Traits = Readonly<Record<string, readonly (readonly [mark: string, at: number])[]>>;

export interface KeyRecord {
  readonly key: string;
  readonly group: string;
  readonly since: number;
  /** That stated it first, and last. */
  readonly firstMessageId: string;
  readonly messageId: string;
  readonly traits: Traits;
  readonly alike: string | null;
}

/** Keys that links have ever joined, whether they count or not: all that one answer depends on. */
export interface GroupRecord {
  readonly id: string;
  readonly keys: readonly string[];
  readonly links: readonly string[];
  readonly questions: readonly string[];
}

export interface IdentityTables {
  key(key: string): KeyRecord | undefined;
  putKey(record: KeyRecord): void;
  removeKey(key: string): void;
  group(id: string): GroupRecord | undefined;
  putGroup(record: GroupRecord): void;
  removeGroup(id: string): void;
  /** Keys with these elements. */
  alike(mark: string): readonly string[];
  /** Empty: none is left. */
  putAlike(mark: string, keys: readonly string[]): void;
  link(id: string): IdentityLink | undefined;
  putLink(link: IdentityLink): void;
  question(id: string): IdentityQuestion | undefined;
  putQuestion(question: IdentityQuestion): void;
  finding(messageId: string): IdentityFinding | undefined;
  putFinding(messageId: string, finding: IdentityFinding): void;
  audit(entry: AuditEntry): void;
}
