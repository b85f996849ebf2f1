import { knownPerson } from '../../../identity/people.ts';
import { QUESTION_STATES } from '../../contract/index.ts';
import type {
  IdentityFinding,
  IdentityLink,
  IdentityLinkQuery,
  IdentityQuestion,
  IdentityQuestionQuery,
  KnownPerson,
  QuestionState,
} from '../../contract/index.ts';
import { limitOf } from '../../limit-of.ts';
import { identityRows } from '../identity-rows.ts';
import type { Bindable, Sql } from '../sql.ts';

const rowsOf = (sql: Sql): ReturnType<typeof identityRows> => identityRows(sql, () => undefined);

export const getPerson = (sql: Sql, key: string): KnownPerson | undefined => knownPerson(rowsOf(sql), key);
export const getQuestion = (sql: Sql, id: string): IdentityQuestion | undefined => rowsOf(sql).question(id);
export const getLink = (sql: Sql, id: string): IdentityLink | undefined => rowsOf(sql).link(id);
export const getFinding = (sql: Sql, messageId: string): IdentityFinding | undefined => rowsOf(sql).finding(messageId);

export function listQuestions(
  sql: Sql,
  { states, messageId, definitions, before, limit }: IdentityQuestionQuery,
): IdentityQuestion[] {
  return listed(sql, 'identity_question', 'since', limit, definitions, [
    ['state', states],
    ['message_id', messageId === undefined ? undefined : [messageId]],
    ['since', before],
  ]) as IdentityQuestion[];
}

export function listLinks(
  sql: Sql,
  { kinds, messageId, definitions, before, limit }: IdentityLinkQuery,
): IdentityLink[] {
  return listed(sql, 'identity_link', 'recorded_at', limit, definitions, [
    ['kind', kinds],
    ['message_id', messageId === undefined ? undefined : [messageId]],
    ['recorded_at', before],
  ]) as IdentityLink[];
}

function listed(
  sql: Sql,
  table: string,
  order: string,
  limit: number | undefined,
  definitions: readonly string[] | undefined,
  filters: readonly (readonly [column: string, wanted: readonly string[] | number | undefined])[],
): unknown[] {
  const where = [ofDefinitions(table, definitions)];
  const values: Bindable[] = [...(definitions ?? [])];
  for (const [column, wanted] of filters) {
    if (wanted === undefined) continue;
    if (typeof wanted === 'number') {
      where.push(`${column} < ?`);
      values.push(wanted);
    } else {
      where.push(`${column} IN (${wanted.map(() => '?').join(', ')})`);
      values.push(...wanted);
    }
  }
  const text = `SELECT record FROM ${table} WHERE ${where.join(' AND ')} ORDER BY ${order} DESC, id DESC LIMIT ? + 0`;
  const rows = sql.all(text, ...values, limitOf(limit)) as { record: string }[];
  return rows.map(({ record }) => JSON.parse(record) as unknown);
}

/** Of the messages that raised them. */
function ofDefinitions(table: string, definitions: readonly string[] | undefined): string {
  if (definitions === undefined) return '1 = 1';
  const one = definitions.map(() => '?').join(', ');
  return `EXISTS (SELECT 1 FROM message m JOIN work w ON w.message_seq = m.seq
    WHERE m.id = ${table}.message_id AND w.definition IN (${one}))`;
}

export function countQuestions(
  sql: Sql,
  { definitions }: Pick<IdentityQuestionQuery, 'definitions'> = {},
): Record<QuestionState, number> {
  const where = ofDefinitions('identity_question', definitions);
  const text = `SELECT state, count(*) AS n FROM identity_question WHERE ${where} GROUP BY state`;
  const rows = sql.all(text, ...(definitions ?? [])) as {
    state: QuestionState;
    n: number;
  }[];
  const counts = Object.fromEntries(QUESTION_STATES.map((state) => [state, 0])) as Record<QuestionState, number>;
  for (const { state, n } of rows) counts[state] = n;
  return counts;
}
