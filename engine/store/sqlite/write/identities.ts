import { answerQuestion, undoLink, type Answer } from '../../../identity/answer-question.ts';
import { forgetStatements } from '../../../identity/forget-statements.ts';
import { takeStatement } from '../../../identity/take-statement.ts';
import type { IdentityFinding, IdentityOutcome, IdentityStatement, TakeHow } from '../../contract/index.ts';
import { identityRows } from '../identity-rows.ts';
import type { WriteContext } from './context.ts';

const rowsOf = (ctx: WriteContext): ReturnType<typeof identityRows> =>
  identityRows(ctx.sql, (entry) => ctx.audit(entry));

export const takeIdentity = (
  ctx: WriteContext,
  messageId: string,
  statement: IdentityStatement,
  now: number,
  how: TakeHow | undefined,
): IdentityFinding => takeStatement(rowsOf(ctx), messageId, statement, now, how);

export const answerIdentity = (ctx: WriteContext, id: string, seen: number, answer: Answer): IdentityOutcome =>
  answerQuestion(rowsOf(ctx), id, seen, answer);

export const undoIdentityLink = (
  ctx: WriteContext,
  id: string,
  seen: number,
  by: Parameters<typeof undoLink>[3],
): IdentityOutcome => undoLink(rowsOf(ctx), id, seen, by);

/** With the body of a message. */
export function forgetIdentities(ctx: WriteContext, messageId: string): void {
  ctx.sql.run('DELETE FROM identity_finding WHERE message_id = ?', messageId);
  const keys = ctx.sql.all('SELECT key FROM identity_key WHERE message_id = ?', messageId) as { key: string }[];
  if (keys.length > 0)
    forgetStatements(
      rowsOf(ctx),
      keys.map(({ key }) => key),
    );
}
