import type { mongo } from 'mongoose';
import { GENESIS } from '../../../audit/record-hash.ts';
import type {
  AuditQuery,
  AuditRecord,
  DecisionRecord,
  EffectRecord,
  Escalation,
  EscalationQuery,
  EscalationState,
} from '../../contract/index.ts';
import type { AuditDoc, Collections, EffectDoc, EscalationDoc } from '../documents.ts';
import { limitOf } from '../../limit-of.ts';
import { auditFrom, effectFrom, escalationFrom } from './records.ts';

type Ours = (owner: string) => boolean;

export async function getEffect({ effects }: Collections, key: string, ours: Ours): Promise<EffectRecord | undefined> {
  const document = await effects.findOne({ _id: key });
  return document ? effectFrom(document, ours) : undefined;
}

export async function effectsOfMessage(
  { effects }: Collections,
  messageId: string,
  ours: Ours,
): Promise<EffectRecord[]> {
  const documents = await effects.find({ messageId }, { sort: { seq: 1 } }).toArray();
  return documents.map((document) => effectFrom(document as EffectDoc, ours));
}

/** In the order in which they were begun. */
export async function doneEffects(
  { effects }: Collections,
  { after, limit }: { readonly after?: number; readonly limit: number },
  ours: Ours,
): Promise<{ readonly records: EffectRecord[]; readonly after: number | null }> {
  const filter = after === undefined ? {} : { seq: { $lt: after } };
  const documents = await effects.find(filter, { sort: { seq: -1 }, limit }).toArray();
  const records = documents
    .filter(({ state }) => state === 'done')
    .map((document) => effectFrom(document as EffectDoc, ours));
  return { records, after: documents.length < limit ? null : (documents.at(-1)?.seq ?? null) };
}

export async function decisionsOfMessage({ decisions }: Collections, messageId: string): Promise<DecisionRecord[]> {
  const documents = await decisions.find({ messageId }, { sort: { seq: 1 } }).toArray();
  return documents.map(({ record }) => JSON.parse(record) as DecisionRecord);
}

export async function dueEscalations({ escalations }: Collections, now: number, limit: number): Promise<Escalation[]> {
  const documents = await escalations.find({ nextAt: { $lte: now } }, { sort: { nextAt: 1, seq: 1 }, limit }).toArray();
  return documents.map((document) => escalationFrom(document as EscalationDoc));
}

export async function nextEscalationDue({ escalations }: Collections): Promise<number | null> {
  const first = await escalations.findOne(
    { nextAt: { $exists: true } },
    { sort: { nextAt: 1 }, projection: { nextAt: 1 } },
  );
  return first?.nextAt ?? null;
}

export async function getEscalation(
  { escalations }: Collections,
  filter: { readonly _id: string } | { readonly key: string },
): Promise<Escalation | undefined> {
  const document = await escalations.findOne(filter);
  return document ? escalationFrom(document) : undefined;
}

/** Newest first. */
export async function listEscalations({ escalations }: Collections, query: EscalationQuery): Promise<Escalation[]> {
  const filter: mongo.Filter<EscalationDoc> = {
    ...(query.states ? { state: { $in: [...query.states] } } : {}),
    ...(query.messageId === undefined ? {} : { messageId: query.messageId }),
    ...(query.subscription === undefined ? {} : { subscription: query.subscription }),
    ...(query.fact === undefined ? {} : { fact: query.fact }),
    ...(query.task === undefined ? {} : { task: query.task }),
    ...(query.before === undefined ? {} : { startedAt: { $lt: query.before } }),
  };
  const { definitions } = query;
  const limit = limitOf(query.limit);
  // The definition stands in the record, which the server does not look into: those of others are passed over here.
  const cursor = escalations.find(filter, { sort: { startedAt: -1, seq: -1 }, ...(definitions ? {} : { limit }) });
  const found: Escalation[] = [];
  for await (const document of cursor) {
    const one = escalationFrom(document);
    if (!definitions || definitions.includes(one.definition)) found.push(one);
    if (found.length === limit) break;
  }
  return found;
}

/** Once for each task, though several of one may make a page shorter. */
export async function tasksWaitedFor(
  { escalations }: Collections,
  after: string,
  limit: number,
): Promise<readonly string[]> {
  const filter = { task: { $gt: after }, state: { $in: ['open', 'exhausted'] as EscalationState[] } };
  const found = await escalations.find(filter, { sort: { task: 1 }, limit, projection: { task: 1 } }).toArray();
  return [...new Set(found.flatMap(({ task }) => (task === undefined ? [] : [task])))];
}

export async function listAudit({ audit }: Collections, chain: string, query: AuditQuery): Promise<AuditRecord[]> {
  const { messageId, type, actor, since, until, after, before } = query;
  const range = (from: object, to: object): object => ({ ...from, ...to });
  const filter: mongo.Filter<AuditDoc> = {
    chain,
    ...(messageId === undefined ? {} : { messageId }),
    ...(type === undefined ? {} : { type }),
    ...(actor === undefined ? {} : { actor }),
    ...(since === undefined && until === undefined
      ? {}
      : { at: range(since === undefined ? {} : { $gte: since }, until === undefined ? {} : { $lt: until }) }),
    ...(after === undefined && before === undefined
      ? {}
      : { seq: range(after === undefined ? {} : { $gt: after }, before === undefined ? {} : { $lt: before }) }),
  };
  const sort = { seq: query.order === 'oldest-first' ? 1 : -1 } as const;
  const documents = await audit.find(filter, { sort, limit: limitOf(query.limit) }).toArray();
  return documents.map((document) => auditFrom(document as AuditDoc));
}

/** Read from the records themselves: the document that appenders keep is no evidence. */
export async function auditHead(
  { audit }: Collections,
  chain: string,
): Promise<{ readonly seq: number; readonly hash: string }> {
  const last = await audit.findOne({ chain }, { sort: { seq: -1 }, projection: { seq: 1, hash: 1 } });
  return last ? { seq: last.seq, hash: last.hash } : { seq: 0, hash: GENESIS };
}

export async function latestDefinition({ definitions }: Collections, name: string): Promise<string | undefined> {
  const [last] = await definitions.find({ name }, { sort: { at: -1 }, limit: 1, projection: { _id: 1 } }).toArray();
  return last?._id;
}

export async function getDefinition(
  { definitions }: Collections,
  version: string,
): Promise<{ name: string; files: Readonly<Record<string, string>> } | undefined> {
  const document = await definitions.findOne({ _id: version });
  return document ? { name: document.name, files: JSON.parse(document.files) as Record<string, string> } : undefined;
}
