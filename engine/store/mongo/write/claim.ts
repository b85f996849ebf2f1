import type { mongo } from 'mongoose';
import type { ClaimedWork, ClaimRequest } from '../../contract/index.ts';
import type { Collections, MessageDoc, WorkDoc } from '../documents.ts';
import {
  firstPart,
  fromJson,
  joinParts,
  laneName,
  laneNumber,
  millis,
  PART_BYTES,
  partRange,
  seqOfPart,
} from '../values.ts';
import { refreshMessageState } from './message-state.ts';
import type { Operation } from './operation.ts';

/** What might be claimed, seen outside any transaction, with what a claim hands over. */
export interface Candidate {
  readonly work: WorkDoc;
  readonly request: ClaimRequest;
  readonly message: MessageDoc;
  readonly bytes: Uint8Array;
}

/** An idle poll costs these reads and nothing else. */
export async function candidates(
  collections: Collections,
  requests: readonly ClaimRequest[],
): Promise<{ readonly found: readonly Candidate[]; readonly due: boolean }> {
  const now = Math.max(...requests.map((request) => request.now));
  const [due, ...heads] = await Promise.all([
    collections.work.findOne({ notBefore: { $lte: now } }, { projection: { _id: 1 } }),
    ...requests.map((request) => ready(collections, request)),
  ]);
  const work = heads.flatMap((rows, index) => rows.map((row) => ({ row, request: requests[index] as ClaimRequest })));
  if (work.length === 0) return { found: [], due: due !== null };
  const seqs = [...new Set(work.map(({ row }) => row.messageSeq))];
  const [messages, bodies] = await Promise.all([
    collections.messages.find({ _id: { $in: seqs } }).toArray(),
    bodiesOf(collections, seqs),
  ]);
  const bySeq = new Map(messages.map((message) => [message._id, message as MessageDoc]));
  const found = work.flatMap(({ row, request }): Candidate[] => {
    const message = bySeq.get(row.messageSeq);
    return message ? [{ work: row, request, message, bytes: bodies.get(row.messageSeq) ?? new Uint8Array(0) }] : [];
  });
  return { found, due: due !== null };
}

async function ready(collections: Collections, { subscription, limit, lanes }: ClaimRequest): Promise<WorkDoc[]> {
  if (limit <= 0) return [];
  const heads = (filter: mongo.Filter<WorkDoc>): Promise<WorkDoc[]> =>
    collections.work.find(filter, { sort: { claimLane: 1, seq: 1 }, limit }).toArray();
  if (!lanes) return heads({ subscription, ready: true });
  const found = await Promise.all(
    lanes.map((lane) => heads({ subscription, ready: true, claimLane: laneNumber(lane) })),
  );
  return found.flat().slice(0, limit);
}

async function bodiesOf(collections: Collections, seqs: readonly number[]): Promise<Map<number, Uint8Array>> {
  const firsts = await collections.bodies.find({ _id: { $in: seqs.map(firstPart) } }).toArray();
  const bodies = new Map(firsts.map((part) => [seqOfPart(part._id), joinParts([part.bytes])]));
  for (const [seq, first] of bodies) {
    if (first.length < PART_BYTES) continue;
    const parts = await collections.bodies.find({ _id: partRange(seq) }, { sort: { _id: 1 } }).toArray();
    bodies.set(seq, joinParts(parts.map((part) => part.bytes)));
  }
  return bodies;
}

/** Takes what is still there of the candidates; what another has taken meanwhile is left out. */
export function claim(found: readonly Candidate[]): Operation<ClaimedWork[]> {
  return {
    name: 'work.claim',
    needs(needs) {
      for (const { work } of found) needs.claimIds.add(work._id);
    },
    apply(ctx) {
      const claimed: ClaimedWork[] = [];
      for (const { work: seen, request, message, bytes } of found) {
        const work = ctx.table('work').get(seen._id);
        if (work?.ready !== true || work.state !== 'waiting') continue;
        const now = millis(request.now);
        const firstDeliveredAt = work.firstDeliveredAt ?? now;
        ctx.table('work').set(work._id, {
          state: 'claimed',
          ready: undefined,
          attempt: work.attempt + 1,
          fence: work.fence + 1,
          owner: request.owner,
          claimedAt: now,
          leaseUntil: millis(request.leaseUntil),
          firstDeliveredAt,
          ...(work.pinned === undefined && request.version !== undefined ? { pinned: request.version } : {}),
        });
        ctx.count('work', work.subscription, 'waiting', -1);
        ctx.count('work', work.subscription, 'claimed', 1);
        refreshMessageState(ctx, work.messageSeq, now);
        claimed.push(handOver(work, request, firstDeliveredAt, message, bytes));
      }
      return claimed;
    },
  };
}

function handOver(
  work: WorkDoc,
  request: ClaimRequest,
  firstDeliveredAt: number,
  message: MessageDoc,
  bytes: Uint8Array,
): ClaimedWork {
  return {
    id: work._id,
    seq: work.seq,
    messageId: work.messageId,
    subscription: work.subscription,
    definition: work.definition,
    lane: laneName(work.lane),
    orderingKey: work.orderingKey ?? null,
    attempt: work.attempt + 1,
    countedAttempts: work.counted + 1,
    fence: work.fence + 1,
    leaseUntil: millis(request.leaseUntil),
    createdAt: work.createdAt,
    firstDeliveredAt,
    pinnedVersion: work.pinned ?? request.version ?? null,
    correlationId: work.correlationId,
    traceparent: work.traceparent,
    child:
      work.childKey === undefined
        ? null
        : {
            parentWorkId: work.parentId ?? '',
            key: work.childKey,
            kind: work.childKind ?? '',
            data: fromJson(work.childData),
          },
    message: {
      bytes,
      feed: message.feed,
      format: message.format ?? 'hl7v2',
      receivedAt: message.receivedAt,
      controlId: message.controlId,
    },
  };
}
