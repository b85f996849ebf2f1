import { answerQuestion, undoLink, type Answer } from '../../../identity/answer-question.ts';
import { forgetStatements } from '../../../identity/forget-statements.ts';
import type { GroupRecord, IdentityTables, KeyRecord } from '../../../identity/identity-tables.ts';
import { takeStatement } from '../../../identity/take-statement.ts';
import type {
  IdentityFinding,
  IdentityLink,
  IdentityOutcome,
  IdentityQuestion,
  IdentityStatement,
  TakeHow,
} from '../../contract/index.ts';
import type { Documents } from '../documents.ts';
import type { WriteContext } from './context.ts';
import type { Operation } from './operation.ts';

export function takeIdentity(
  messageId: string,
  statement: IdentityStatement,
  now: number,
  how: TakeHow | undefined,
): Operation<IdentityFinding> {
  const { people, links } = statement;
  return {
    name: 'identities.take',
    needs(needs) {
      needs.identityFindings.add(messageId);
      needs.audit = true;
    },
    prepare: (ctx) =>
      loadPeople(
        ctx,
        [
          ...people.flatMap(({ chosen, keys }) => [chosen, ...keys]),
          ...links.flatMap((one) => [one.prior, one.survivor]),
        ],
        people.flatMap(({ alike }) => alike ?? []),
      ),
    apply: (ctx) => takeStatement(rowsOf(ctx), messageId, statement, now, how),
  };
}

export function answerIdentity(id: string, seen: number, answer: Answer): Operation<IdentityOutcome> {
  return {
    name: 'identities.answer',
    needs(needs) {
      needs.identityQuestions.add(id);
      needs.audit = true;
    },
    async prepare(ctx) {
      const { keys = [] } = rowsOf(ctx).question(id) ?? {};
      await loadPeople(ctx, keys, []);
    },
    apply: (ctx) => answerQuestion(rowsOf(ctx), id, seen, answer),
  };
}

export function undoIdentityLink(
  id: string,
  seen: number,
  by: Parameters<typeof undoLink>[3],
): Operation<IdentityOutcome> {
  return {
    name: 'identities.undo',
    needs(needs) {
      needs.identityLinks.add(id);
      needs.audit = true;
    },
    async prepare(ctx) {
      const link = rowsOf(ctx).link(id);
      if (link) await loadPeople(ctx, [link.prior, link.survivor], []);
    },
    // Its group is written as well: who is just being told of the link must meet whoever takes it back.
    apply(ctx) {
      const rows = rowsOf(ctx);
      const outcome = undoLink(rows, id, seen, by);
      const record = outcome === 'kept' ? rows.key(rows.link(id)?.prior ?? '') : undefined;
      const group = record && rows.group(record.group);
      if (group) ctx.table('identityGroups').set(group.id, { touched: by.at });
      return outcome;
    },
  };
}

/** With the bodies of messages. */
export async function forgetIdentities(ctx: WriteContext, messageIds: readonly string[]): Promise<void> {
  const { writer, session } = ctx;
  await writer.collections.identityFindings.deleteMany({ _id: { $in: [...messageIds] } }, { session });
  const stated = await ctx.table('identityKeys').find({ messageId: { $in: [...messageIds] } });
  if (stated.length === 0) return;
  const keys = stated.map(({ _id }) => _id);
  await loadPeople(ctx, keys, []);
  forgetStatements(rowsOf(ctx), keys);
  for (const name of ['identityKeys', 'identityGroups', 'identityAlike'] as const) await ctx.table(name).flush();
}

/** All that an answer about these keys depends on. */
async function loadPeople(ctx: WriteContext, keys: readonly string[], alike: readonly string[]): Promise<void> {
  const rows = rowsOf(ctx);
  const table = ctx.table('identityKeys');
  await table.load(new Set(keys));
  const marks = new Set([...alike, ...keys.flatMap((key) => rows.key(key)?.alike ?? [])]);
  await ctx.table('identityAlike').load(marks);
  const all = new Set([...keys, ...[...marks].flatMap((mark) => rows.alike(mark))]);
  await table.load(all);
  const ids = new Set([...all].flatMap((key) => rows.key(key)?.group ?? []));
  await ctx.table('identityGroups').load(ids);
  const groups = [...ids].flatMap((id) => rows.group(id) ?? []);
  await table.load(new Set(groups.flatMap((group) => group.keys)));
  await ctx.table('identityLinks').load(new Set(groups.flatMap((group) => group.links)));
  await ctx.table('identityQuestions').load(new Set(groups.flatMap((group) => group.questions)));
}

type Kept =
  'identityKeys' | 'identityGroups' | 'identityAlike' | 'identityLinks' | 'identityQuestions' | 'identityFindings';

function rowsOf(ctx: WriteContext): IdentityTables {
  const get = (name: Kept, id: string): unknown => {
    const found = ctx.table(name).get(id) as { readonly record: string } | undefined;
    return found && (JSON.parse(found.record) as unknown);
  };
  const put = <Name extends Kept>(name: Name, document: Documents[Name]): void => {
    const table = ctx.table(name);
    const { _id: id, ...members } = document;
    if (table.get(id)) table.set(id, members as unknown as Partial<Documents[Name]>);
    else table.insert(document);
  };
  return {
    key: (key) => get('identityKeys', key) as KeyRecord | undefined,
    putKey: (record) =>
      put('identityKeys', { _id: record.key, messageId: record.messageId, record: JSON.stringify(record) }),
    removeKey: (key) => ctx.table('identityKeys').remove(key),
    group: (id) => get('identityGroups', id) as GroupRecord | undefined,
    putGroup: (record) => put('identityGroups', { _id: record.id, record: JSON.stringify(record) }),
    removeGroup: (id) => ctx.table('identityGroups').remove(id),
    alike: (mark) => (get('identityAlike', mark) as string[] | undefined) ?? [],
    putAlike(mark, keys) {
      if (keys.length > 0) put('identityAlike', { _id: mark, record: JSON.stringify(keys) });
      else if (ctx.table('identityAlike').get(mark)) ctx.table('identityAlike').remove(mark);
    },
    link: (id) => get('identityLinks', id) as IdentityLink | undefined,
    putLink: (link) =>
      put('identityLinks', {
        _id: link.id,
        kind: link.kind,
        messageId: link.messageId,
        recordedAt: link.recordedAt,
        record: JSON.stringify(link),
      }),
    question: (id) => get('identityQuestions', id) as IdentityQuestion | undefined,
    putQuestion: (question) =>
      put('identityQuestions', {
        _id: question.id,
        state: question.state,
        messageId: question.messageId,
        since: question.since,
        record: JSON.stringify(question),
      }),
    finding: (messageId) => get('identityFindings', messageId) as IdentityFinding | undefined,
    putFinding: (messageId, finding) => put('identityFindings', { _id: messageId, record: JSON.stringify(finding) }),
    audit: (entry) => ctx.audit(entry),
  };
}
