/**
 * Messages of a bulk call, the oldest first, so that messages of one patient keep their order. Read a page at a time, no
 * further than the call goes: there may be a hundred thousand, and a caller that goes on says where.
 */
import type { MessageQuery, MessageSummary, Store } from '../../engine/index.ts';

const PAGE = 500;

export interface Walk {
  readonly query: Pick<MessageQuery, 'states' | 'text' | 'feed' | 'type' | 'since' | 'until' | 'definitions' | 'after'>;
  readonly fits: (message: MessageSummary) => boolean;
  /** Looks at one that fits; `true`: it counts against `most`. */
  readonly take: (message: MessageSummary) => boolean | Promise<boolean>;
  /** That many at most are taken, */
  readonly most: number;
  /** and so many at most are looked at. */
  readonly mostSeen: number;
}

/** Gives the `seq` behind which the next call goes on; `null`: there are no more that fit. */
export async function walkOldestFirst(
  { journal }: Pick<Store, 'journal'>,
  { query, fits, take, most, mostSeen }: Walk,
): Promise<number | null> {
  let after = query.after ?? 0;
  let seen = 0;
  let taken = 0;
  for (;;) {
    const page = await journal.list({ ...query, order: 'oldest-first', after, limit: PAGE });
    for (const message of page) {
      if (seen === mostSeen) return after;
      if (fits(message)) {
        if (taken === most) return after;
        if (await take(message)) taken++;
      }
      seen++;
      after = message.seq;
    }
    if (page.length < PAGE) return null;
  }
}
