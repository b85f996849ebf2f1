/** How an ADT message differs from what was known, and whether it is older than that. */
import type { Hl7Segment } from '../../hl7/segment.ts';
import { hash, keyTime } from '../envelope.ts';
import { isNews, type KnownState, type StateStatement } from '../event-state.ts';
import type { MessageParts, Subject } from './reading.ts';

/** One patient with a visit; A17 has two. */
export interface View {
  readonly subject: Subject;
  readonly pid: Hl7Segment | undefined;
  readonly pv1: Hl7Segment | undefined;
  readonly pv2: Hl7Segment | undefined;
  readonly patient: StateStatement | null;
  readonly visit: StateStatement | null;
}

/** A trigger's own event is late where something that happened after it is known. */
export const isLate = (statement: StateStatement | null, known: KnownState | undefined): boolean =>
  statement !== null && statement.moved.some((field) => !isNews(statement, field, known));

export interface Difference {
  readonly changed: readonly string[];
  readonly late: boolean;
}

/** What is different now, and what an older message says differently from what is known since. */
export function differences(
  statement: StateStatement,
  known: KnownState,
  elsewhere: ReadonlySet<string>,
): Difference[] {
  const now: string[] = [];
  const then: string[] = [];
  for (const [name, value] of Object.entries(statement.fields)) {
    if (elsewhere.has(name) || known.fields[name]?.[0] === value) continue;
    (isNews(statement, name, known) ? now : then).push(name);
  }
  return [
    { changed: now, late: false },
    { changed: then, late: true },
  ].filter(({ changed }) => changed.length > 0);
}

export const contentOf = ({ fields }: StateStatement, changed: readonly string[] | null): string =>
  hash((changed ?? Object.keys(fields)).flatMap((name) => [name, String(fields[name])]));

export const timeOf = ({ happened, context }: MessageParts): string | null => keyTime(happened ?? context.statedAt);
