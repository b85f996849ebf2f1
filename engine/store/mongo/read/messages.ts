import type { mongo } from 'mongoose';
import { MESSAGE_STATES } from '../../contract/index.ts';
import type {
  MessageCounts,
  MessageLabel,
  MessageQuery,
  MessageState,
  MessageSummary,
  Review,
  StoredMessage,
} from '../../contract/index.ts';
import type { Collections, MessageDoc } from '../documents.ts';
import { foldControlId, joinParts, partRange, searchKey } from '../values.ts';
import { limitOf } from '../../limit-of.ts';

type HeldBy = ReadonlyMap<string, MessageSummary['held']>;

/** Of those that are parked, by id of the message; the oldest question speaks. */
async function heldOf({ reviews }: Collections, documents: readonly MessageDoc[]): Promise<HeldBy> {
  const parked = documents.filter(({ state }) => state === 'parked').map(({ id }) => id);
  if (parked.length === 0) return new Map();
  const found = await reviews.find({ messageId: { $in: parked }, open: true }, { sort: { seq: -1 } }).toArray();
  return new Map(
    found.map(({ messageId, record }) => {
      const { because, sentence } = JSON.parse(record) as Review;
      return [messageId, { because, sentence }];
    }),
  );
}

function summary(document: MessageDoc, held: HeldBy): MessageSummary {
  return {
    id: document.id,
    seq: document._id,
    feed: document.feed,
    format: document.format ?? 'hl7v2',
    controlId: document.controlId,
    type: document.type,
    sender: document.sender,
    patientHint: document.patientHint,
    state: document.state,
    receivedAt: document.receivedAt,
    stateSince: document.since,
    size: document.size,
    reason: document.reasonCode === undefined ? null : { code: document.reasonCode, text: document.reasonText ?? '' },
    held: held.get(document.id) ?? null,
    retryAt: document.retryAt ?? null,
    recovered: document.recovered && document.state === 'done',
    definitions: document.definitions,
  };
}

export async function labelsOf({ messages }: Collections, ids: readonly string[]): Promise<MessageLabel[]> {
  const projection = { id: 1, feed: 1, controlId: 1, type: 1, patientHint: 1 };
  const found = await messages.find({ id: { $in: [...ids] } }, { projection }).toArray();
  return found.map(({ id, feed, controlId, type, patientHint }) => ({ id, feed, controlId, type, patientHint }));
}

export async function getMessage(collections: Collections, id: string): Promise<StoredMessage | undefined> {
  const document = await collections.messages.findOne({ id });
  if (!document) return undefined;
  return {
    ...summary(document, await heldOf(collections, [document])),
    connection: document.connection,
    bodyHash: document.contentHash ?? document.bodyHash,
    messageTime: document.messageTime,
    correlationId: document.correlationId,
    traceparent: document.traceparent,
    resendOf: document.resendOfId ?? null,
    // A resend was answered with its first's answer; what is kept beside it is what would have been sent.
    answer: { code: document.answerCode, text: Buffer.from(document.answer).toString('latin1') },
    answeredAt: document.answeredAt ?? null,
  };
}

export async function getBytes({ messages, bodies }: Collections, id: string): Promise<Uint8Array | undefined> {
  const message = await messages.findOne({ id }, { projection: { _id: 1 } });
  if (!message) return undefined;
  const parts = await bodies.find({ _id: partRange(message._id) }, { sort: { _id: 1 } }).toArray();
  return parts.length === 0 ? undefined : joinParts(parts.map((part) => part.bytes));
}

/** The end of the range of strings that begin with a text. */
const PREFIX_END = '\u{10FFFF}';

function filterOf(query: Omit<MessageQuery, 'limit'>): mongo.Filter<MessageDoc> {
  const all: mongo.Filter<MessageDoc>[] = [];
  if (query.key) all.push({ keys: searchKey(query.key) });
  if (query.text !== undefined && query.text !== '') {
    const fold = foldControlId(query.text);
    all.push({
      $or: [{ controlFold: { $gte: fold, $lt: fold + PREFIX_END } }, { id: query.text }, { reasonCode: query.text }],
    });
  }
  if (query.feed !== undefined) all.push({ feed: query.feed });
  if (query.type !== undefined) {
    if (query.type.includes('^')) all.push({ type: query.type });
    else all.push({ $or: [{ type: query.type }, { type: { $gt: `${query.type}^`, $lt: `${query.type}_` } }] });
  }
  if (query.definitions) all.push({ definitions: { $in: [...query.definitions] } });
  if (query.since !== undefined) all.push({ receivedAt: { $gte: query.since } });
  if (query.until !== undefined) all.push({ receivedAt: { $lt: query.until } });
  if (query.states) all.push({ state: { $in: [...query.states] } });
  if (query.before !== undefined) all.push({ _id: { $lt: query.before } });
  if (query.after !== undefined) all.push({ _id: { $gt: query.after } });
  return all.length > 0 ? { $and: all } : {};
}

export async function listMessages(collections: Collections, query: MessageQuery): Promise<MessageSummary[]> {
  const sort = { _id: query.order === 'oldest-first' ? 1 : -1 } as const;
  const options = { sort, limit: limitOf(query.limit), projection: { answer: 0 } } as const;
  const documents = (await collections.messages.find(filterOf(query), options).toArray()) as MessageDoc[];
  const held = await heldOf(collections, documents);
  return documents.map((document) => summary(document, held));
}

export async function countMessages(
  { messages, counters }: Collections,
  query: Omit<MessageQuery, 'states' | 'order' | 'before' | 'after' | 'limit'> = {},
): Promise<MessageCounts> {
  const { type, text, key, definitions, since, until } = query;
  const unfiltered = !type && !text && !key && !definitions && since === undefined && until === undefined;
  const rows = unfiltered
    ? await counters
        .aggregate<{ _id: MessageState; n: number }>([
          { $match: { kind: 'message', ...(query.feed === undefined ? {} : { name: query.feed }) } },
          { $group: { _id: '$state', n: { $sum: '$n' } } },
        ])
        .toArray()
    : await messages
        .aggregate<{ _id: MessageState; n: number }>([
          { $match: filterOf(query) },
          { $group: { _id: '$state', n: { $sum: 1 } } },
        ])
        .toArray();
  const counts: Record<string, number> = { total: 0 };
  for (const state of MESSAGE_STATES) counts[state] = 0;
  for (const { _id: state, n } of rows) {
    counts[state] = n;
    counts['total'] = (counts['total'] ?? 0) + n;
  }
  return counts as MessageCounts;
}

export async function resends({ messages }: Collections, id: string): Promise<{ id: string; receivedAt: number }[]> {
  const first = await messages.findOne({ id }, { projection: { _id: 1 } });
  if (!first) return [];
  const documents = await messages
    .find({ resendOf: first._id }, { sort: { _id: 1 }, projection: { id: 1, receivedAt: 1 } })
    .toArray();
  return documents.map((document) => ({ id: document.id, receivedAt: document.receivedAt }));
}

export async function lastPerFeed({
  counters,
}: Collections): Promise<{ feed: string; receivedAt: number; total: number }[]> {
  const rows = await counters
    .aggregate<{ _id: string; receivedAt: number; total: number }>([
      { $match: { kind: 'feed' } },
      { $group: { _id: '$name', receivedAt: { $max: '$last' }, total: { $sum: '$n' } } },
      { $sort: { _id: 1 } },
    ])
    .toArray();
  return rows.map(({ _id: feed, receivedAt, total }) => ({ feed, receivedAt, total }));
}
