import type { OwnVersion, SubscriptionRecord, TakenVersion } from '../../contract/index.ts';
import type { Collections, SubscriptionDoc } from '../documents.ts';
import { takenId, writtenId } from '../write/subscriptions.ts';

const from = ({ record }: SubscriptionDoc): SubscriptionRecord => JSON.parse(record) as SubscriptionRecord;

export async function getSubscription(
  { subscriptions }: Collections,
  name: string,
): Promise<SubscriptionRecord | undefined> {
  const found = await subscriptions.findOne({ _id: name });
  return found ? from(found) : undefined;
}

export async function listSubscriptions({ subscriptions }: Collections): Promise<SubscriptionRecord[]> {
  return (await subscriptions.find({}, { sort: { _id: 1 } }).toArray()).map(from);
}

export async function taken(
  { takenVersions }: Collections,
  feed: string,
  references: readonly string[],
): Promise<ReadonlyMap<string, TakenVersion>> {
  const wanted = new Map(references.map((reference) => [takenId(feed, reference), reference]));
  const found = await takenVersions.find({ _id: { $in: [...wanted.keys()] } }).toArray();
  return new Map(
    found.map(({ _id, versionId, workId, at, before = null }) => [
      wanted.get(_id) ?? '',
      { versionId, workId, at, before },
    ]),
  );
}

export async function written(
  { writtenVersions }: Collections,
  endpoint: string,
  reference: string,
  versionId: string,
): Promise<OwnVersion | undefined> {
  const found = await writtenVersions.findOne({ _id: writtenId(endpoint, reference, versionId) });
  return found ? { base: found.base ?? null, baseAt: found.baseAt ?? null, at: found.at } : undefined;
}

/** Outside the batches: nothing else asks what is too old to matter. */
export async function forget({ takenVersions, writtenVersions }: Collections, before: number): Promise<number> {
  const old = { at: { $lt: before } } as const;
  const [one, other] = await Promise.all([takenVersions.deleteMany(old), writtenVersions.deleteMany(old)]);
  return one.deletedCount + other.deletedCount;
}
