/**
 * What is known of a patient, a visit, an order or an appointment, so that a message can be compared with it. Each field has the
 * time from which its value holds: statements may come in any order and give the same state.
 */
import type { Millis } from '../base/clock.ts';

/** Texts of a person's record are kept as hashes: only whether they differ is ever asked. */
export type StateValue = string | number | boolean | null;

/** `confirmed`: when somebody last stated the same, without saying that it became so then. */
export type KnownField = readonly [value: StateValue, since: Millis, confirmed?: Millis];

export interface KnownState {
  readonly fields: Readonly<Record<string, KnownField>>;
}

/** What one message says of one key. */
export interface StateStatement {
  /** `patient:…`, `visit:…`, `order:…`, `appointment:…` with a hash. */
  readonly key: string;
  /** When it was recorded: what it says beside its movement was so then. */
  readonly at: Millis;
  /** When its movement happened; may be long before it was recorded. */
  readonly happened: Millis;
  /** Fields stated; one that the message leaves out is not in here. */
  readonly fields: Readonly<Record<string, StateValue>>;
  /** Those of them that the message says became so (an admission's place), rather than are so (an update's). */
  readonly moved: readonly string[];
}

/** States by key, as before a message; a key that is not in here was not known. */
export type KnownStates = Readonly<Record<string, KnownState>>;

export const NOTHING_KNOWN: KnownStates = {};

/** Whether the statement is newer than what is known of the field. */
export function isNews(statement: StateStatement, field: string, known: KnownState | undefined): boolean {
  const before = known && Object.hasOwn(known.fields, field) ? known.fields[field] : undefined;
  if (!before) return true;
  const [, since, confirmed = since] = before;
  // A movement that is entered late is still news to an update that merely restated the old place.
  return statement.moved.includes(field) ? statement.happened >= since : statement.at >= Math.max(since, confirmed);
}

/** The state after the statement; what is known from later stays. */
export function mergeState(known: KnownState | undefined, statement: StateStatement): KnownState {
  const fields = new Map(Object.entries(known?.fields ?? {}));
  for (const [name, value] of Object.entries(statement.fields)) {
    if (!isNews(statement, name, known)) continue;
    const before = fields.get(name);
    if (statement.moved.includes(name)) fields.set(name, [value, statement.happened]);
    else if (before?.[0] === value) fields.set(name, [value, before[1], statement.at]);
    else fields.set(name, [value, statement.at]);
  }
  return { fields: Object.fromEntries(fields) };
}
