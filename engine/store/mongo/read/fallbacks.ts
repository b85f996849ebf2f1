import type { EndpointDown, Fallbacks, FallbackState, Review } from '../../contract/index.ts';
import { limitOf } from '../../limit-of.ts';
import { placeIn, placeText } from '../../review-place.ts';
import type { Collections } from '../documents.ts';

const reviewFrom = ({ record }: { readonly record: string }): Review => JSON.parse(record) as Review;

export async function fallbackStates({ fallbacks }: Collections): Promise<FallbackState[]> {
  const found = await fallbacks.find({}, { sort: { _id: 1 } }).toArray();
  return found.map(({ record }) => JSON.parse(record) as FallbackState);
}

export async function endpointDowns({ endpointDowns: downs }: Collections): Promise<EndpointDown[]> {
  const found = await downs.find({}, { sort: { _id: 1 } }).toArray();
  return found.map(({ _id: endpoint, since, seenAt }) => ({ endpoint, since, seenAt }));
}

export async function reviewsOfWork({ reviews }: Collections, workId: string): Promise<Review[]> {
  return (await reviews.find({ workId }, { sort: { seq: 1 } }).toArray()).map(reviewFrom);
}

export async function reviewOfTask({ reviews }: Collections, taskId: string): Promise<Review | undefined> {
  const found = await reviews.findOne({ taskId }, { sort: { seq: -1 } });
  return found ? reviewFrom(found) : undefined;
}

export async function heldReviews(
  { reviews }: Collections,
  { definitions, after, limit }: Parameters<Fallbacks['held']>[0],
): Promise<{ readonly reviews: Review[]; readonly next: string | null }> {
  const most = limitOf(limit);
  const found = await reviews
    .find(
      {
        open: true,
        seq: { $gt: placeIn(after) },
        ...(definitions ? { definition: { $in: [...definitions] } } : {}),
      },
      { sort: { seq: 1 }, limit: most },
    )
    .toArray();
  const last = found.length === most ? found.at(-1) : undefined;
  return { reviews: found.map(reviewFrom), next: last ? placeText(last.seq) : null };
}

export async function countHeld({ reviews }: Collections): Promise<Record<string, number>> {
  const rows = await reviews
    .aggregate<{ _id: string; n: number }>([
      { $match: { open: true } },
      { $group: { _id: '$definition', n: { $sum: 1 } } },
    ])
    .toArray();
  return Object.fromEntries(rows.map(({ _id, n }) => [_id, n]));
}
