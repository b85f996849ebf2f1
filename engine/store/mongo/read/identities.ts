import type { mongo } from 'mongoose';
import type { GroupRecord, IdentityTables, KeyRecord } from '../../../identity/identity-tables.ts';
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
import type { Collections } from '../documents.ts';
import type { IdentityLinkDoc, IdentityQuestionDoc } from '../identity-documents.ts';

const from = ({ record }: { readonly record: string }): unknown => JSON.parse(record) as unknown;

export async function getPerson(collections: Collections, key: string): Promise<KnownPerson | undefined> {
  const { identityKeys, identityGroups, identityLinks, identityQuestions } = collections;
  const found = await identityKeys.findOne({ _id: key });
  const kept = found && (await identityGroups.findOne({ _id: (from(found) as KeyRecord).group }));
  if (!kept) return undefined;
  const group = from(kept) as GroupRecord;
  const [keys, links, questions] = await Promise.all([
    identityKeys.find({ _id: { $in: [...group.keys] } }).toArray(),
    identityLinks.find({ _id: { $in: [...group.links] } }).toArray(),
    identityQuestions.find({ _id: { $in: [...group.questions] } }).toArray(),
  ]);
  return knownPerson(
    rowsOf({
      keys: new Map(keys.map((one) => [one._id, from(one) as KeyRecord])),
      links: new Map(links.map((one) => [one._id, from(one) as IdentityLink])),
      questions: new Map(questions.map((one) => [one._id, from(one) as IdentityQuestion])),
      group,
    }),
    key,
  );
}

interface Rows {
  readonly keys: ReadonlyMap<string, KeyRecord>;
  readonly links: ReadonlyMap<string, IdentityLink>;
  readonly questions: ReadonlyMap<string, IdentityQuestion>;
  readonly group: GroupRecord;
}

function rowsOf({ keys, links, questions, group }: Rows): Pick<IdentityTables, 'key' | 'group' | 'link' | 'question'> {
  return {
    key: (key) => keys.get(key),
    group: () => group,
    link: (id) => links.get(id),
    question: (id) => questions.get(id),
  };
}

export async function getQuestion(
  { identityQuestions }: Collections,
  id: string,
): Promise<IdentityQuestion | undefined> {
  const found = await identityQuestions.findOne({ _id: id });
  return found ? (from(found) as IdentityQuestion) : undefined;
}

export async function getLink({ identityLinks }: Collections, id: string): Promise<IdentityLink | undefined> {
  const found = await identityLinks.findOne({ _id: id });
  return found ? (from(found) as IdentityLink) : undefined;
}

export async function getFinding(
  { identityFindings }: Collections,
  messageId: string,
): Promise<IdentityFinding | undefined> {
  const found = await identityFindings.findOne({ _id: messageId });
  return found ? (from(found) as IdentityFinding) : undefined;
}

export async function listQuestions(
  { identityQuestions }: Collections,
  { states, messageId, definitions, before, limit }: IdentityQuestionQuery,
): Promise<IdentityQuestion[]> {
  const filter: mongo.Filter<IdentityQuestionDoc> = {
    ...(states ? { state: { $in: [...states] } } : {}),
    ...(messageId === undefined ? {} : { messageId }),
    ...(before === undefined ? {} : { since: { $lt: before } }),
  };
  const stages = pageOf(filter, { since: -1, _id: -1 }, definitions, limit);
  return (await identityQuestions.aggregate<IdentityQuestionDoc>(stages).toArray()).map(
    (one) => from(one) as IdentityQuestion,
  );
}

export async function listLinks(
  { identityLinks }: Collections,
  { kinds, messageId, definitions, before, limit }: IdentityLinkQuery,
): Promise<IdentityLink[]> {
  const filter: mongo.Filter<IdentityLinkDoc> = {
    ...(kinds ? { kind: { $in: [...kinds] } } : {}),
    ...(messageId === undefined ? {} : { messageId }),
    ...(before === undefined ? {} : { recordedAt: { $lt: before } }),
  };
  const stages = pageOf(filter, { recordedAt: -1, _id: -1 }, definitions, limit);
  return (await identityLinks.aggregate<IdentityLinkDoc>(stages).toArray()).map((one) => from(one) as IdentityLink);
}

const pageOf = (
  filter: object,
  sort: Readonly<Record<string, -1>>,
  definitions: readonly string[] | undefined,
  limit: number | undefined,
): object[] => [{ $match: filter }, { $sort: sort }, ...ofDefinitions(definitions), { $limit: limitOf(limit) }];

/** Of the messages that raised them. */
function ofDefinitions(definitions: readonly string[] | undefined): object[] {
  if (definitions === undefined) return [];
  const pipeline = [{ $match: { definitions: { $in: [...definitions] } } }, { $project: { _id: 1 } }];
  return [
    { $lookup: { from: 'messages', localField: 'messageId', foreignField: 'id', pipeline, as: 'mine' } },
    { $match: { mine: { $ne: [] } } },
  ];
}

export async function countQuestions(
  { identityQuestions }: Collections,
  { definitions }: Pick<IdentityQuestionQuery, 'definitions'> = {},
): Promise<Record<QuestionState, number>> {
  const stages = [...ofDefinitions(definitions), { $group: { _id: '$state', n: { $sum: 1 } } }];
  const rows = await identityQuestions.aggregate<{ _id: QuestionState; n: number }>(stages).toArray();
  const counts = Object.fromEntries(QUESTION_STATES.map((state) => [state, 0])) as Record<QuestionState, number>;
  for (const { _id, n } of rows) counts[_id] = n;
  return counts;
}
