import type { StateStatement } from '../events/event-state.ts';
import { MOST_PEOPLE, MOST_STATED_KEYS, MOST_STATED_LINKS, MOST_STATEMENTS } from './contract/index.ts';
import type { IdentityStatement } from './contract/index.ts';

/** A statement more than there may be is a mistake of the caller's, not of a sender. */
export function withinStatements(statements: readonly StateStatement[]): readonly StateStatement[] {
  if (statements.length > MOST_STATEMENTS) throw new TypeError(`at most ${MOST_STATEMENTS} statements of one message`);
  return statements;
}

export function withinIdentity(statement: IdentityStatement): IdentityStatement {
  const { people, links } = statement;
  if (people.length > MOST_PEOPLE || links.length > MOST_STATED_LINKS)
    throw new TypeError(`at most ${MOST_PEOPLE} people and ${MOST_STATED_LINKS} links of one message`);
  if (people.some(({ keys }) => keys.length > MOST_STATED_KEYS))
    throw new TypeError(`at most ${MOST_STATED_KEYS} keys of one person`);
  return statement;
}
