import type { AcknowledgementCounts, AcknowledgementRecord } from '../../contract/index.ts';
import type { AcknowledgementDoc, Collections } from '../documents.ts';

const NO_BYTES = { projection: { bytes: 0 } } as const;

export function acknowledgementFrom(document: AcknowledgementDoc): AcknowledgementRecord {
  const { _id, seq: _seq, bytes: _bytes, nextAt, ...rest } = document;
  return { messageId: _id, ...rest, nextAt: nextAt ?? null };
}

export async function getAcknowledgement(
  { acknowledgements }: Collections,
  messageId: string,
): Promise<AcknowledgementRecord | undefined> {
  const found = await acknowledgements.findOne({ _id: messageId }, NO_BYTES);
  return found ? acknowledgementFrom(found) : undefined;
}

export async function acknowledgementBytes(
  { acknowledgements }: Collections,
  messageId: string,
): Promise<Uint8Array | undefined> {
  const found = await acknowledgements.findOne({ _id: messageId }, { projection: { bytes: 1 } });
  return found?.bytes;
}

export async function dueAcknowledgements(
  { acknowledgements }: Collections,
  now: number,
  limit: number,
  resting: readonly string[] = [],
): Promise<readonly AcknowledgementRecord[]> {
  const sort = { nextAt: 1, seq: 1 } as const;
  const to = { $or: [{ state: { $ne: 'made' as const } }, { endpoint: { $nin: [...resting] } }] };
  const found = await acknowledgements.find({ nextAt: { $lte: now }, ...to }, { ...NO_BYTES, sort, limit }).toArray();
  return found.map(acknowledgementFrom);
}

export async function nextAcknowledgementDue({ acknowledgements }: Collections): Promise<number | null> {
  const options = { sort: { nextAt: 1 }, projection: { nextAt: 1 } } as const;
  return (await acknowledgements.findOne({ nextAt: { $exists: true } }, options))?.nextAt ?? null;
}

const PAGE = 500;

/** Page by page: most of what is awaited has open work. */
export async function endedAcknowledgements(
  { acknowledgements, work }: Collections,
  limit: number,
  among?: readonly string[],
): Promise<readonly AcknowledgementRecord[]> {
  const ended: AcknowledgementRecord[] = [];
  for (let after = -1; ended.length < limit;) {
    const page = await acknowledgements
      .find(
        { state: 'awaited', seq: { $gt: after }, ...(among ? { _id: { $in: [...among] } } : {}) },
        { ...NO_BYTES, sort: { seq: 1 }, limit: PAGE },
      )
      .toArray();
    const messageSeq = { $in: page.map((one) => one.seq) };
    const open = { messageSeq, state: { $in: ['waiting' as const, 'claimed' as const, 'parked' as const] } };
    const busy = new Set(await work.distinct('messageSeq', open));
    ended.push(...page.filter((one) => !busy.has(one.seq)).map(acknowledgementFrom));
    if (page.length < PAGE) break;
    after = page.at(-1)?.seq ?? after;
  }
  return ended.slice(0, limit);
}

export async function countAcknowledgements(
  { acknowledgements }: Collections,
  now: number,
): Promise<readonly AcknowledgementCounts[]> {
  const is = (state: string) => ({ $eq: ['$state', state] });
  const sum = (condition: object) => ({ $sum: { $cond: [condition, 1, 0] } });
  return acknowledgements
    .aggregate<AcknowledgementCounts>([
      { $match: { state: { $in: ['awaited', 'made'] } } },
      {
        $group: {
          _id: '$feed',
          awaited: sum(is('awaited')),
          overdue: sum({ $and: [is('awaited'), { $lte: ['$dueAt', now] }] }),
          undelivered: sum(is('made')),
        },
      },
      { $sort: { _id: 1 } },
      { $project: { _id: 0, feed: '$_id', awaited: 1, overdue: 1, undelivered: 1 } },
    ])
    .toArray();
}
