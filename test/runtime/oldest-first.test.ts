import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { MessageSummary, Store } from '../../engine/index.ts';
import { walkOldestFirst } from '../../runtime/api/oldest-first.ts';
import { newMessage } from '../kit/store-builders.ts';
import { TemporaryStore } from '../kit/temporary-store.ts';

const MANY = 1300;

describe('messages of a bulk call', () => {
  let kept: TemporaryStore;
  let all: readonly MessageSummary[];
  /** Summaries that were read. */
  let read = 0;
  let store: Pick<Store, 'journal'>;
  before(async () => {
    kept = await TemporaryStore.create();
    const quarantine = { code: 'hl7-bad-delimiters', text: 'It could not be read.' };
    const accept = (controlId: string) => kept.store.journal.accept(newMessage({ controlId, quarantine }), [], 0);
    await Promise.all(Array.from({ length: MANY }, (_, i) => accept(`Q${i}`)));
    const { journal } = kept.store;
    const list: typeof journal.list = async (query) => {
      const page = await journal.list(query);
      read += page.length;
      return page;
    };
    store = { journal: Object.create(journal, { list: { value: list } }) as typeof journal };
    const pages = [await journal.list({ limit: 1000, order: 'oldest-first' })];
    pages.push(await journal.list({ limit: 1000, order: 'oldest-first', after: pages[0]?.at(-1)?.seq ?? 0 }));
    all = pages.flat();
  });
  after(() => kept.close());

  const walk = async (more: {
    after?: number;
    most?: number;
    mostSeen?: number;
    fits?: (one: MessageSummary) => boolean;
  }) => {
    read = 0;
    const found: number[] = [];
    const { after: from, most = Infinity, mostSeen = Infinity, fits = () => true } = more;
    const query = { states: ['quarantined'], ...(from !== undefined && { after: from }) } as const;
    const next = await walkOldestFirst(store, { query, fits, take: ({ seq }) => found.push(seq) > 0, most, mostSeen });
    return { found, next };
  };
  const seqs = (): number[] => all.map(({ seq }) => seq);

  it('are all of them, the oldest first, and no more are said to follow', async () => {
    assert.deepEqual(await walk({}), { found: seqs(), next: null });
    assert.equal(read, MANY);
    assert.equal((await walk({ most: MANY })).next, null);
  });

  it('are as many as asked for, however many wait, and the next call goes on behind them', async () => {
    const first = await walk({ most: 100 });
    assert.deepEqual(first, { found: seqs().slice(0, 100), next: seqs()[99] });
    assert.ok(read <= 500, 'one page was read');
    assert.deepEqual((await walk({ after: first.next ?? 0, most: 1 })).found, [seqs()[100]]);
  });

  it('are found behind ever so many that do not fit, in as many calls as that takes', async () => {
    const last = seqs().at(-1);
    const fits = ({ seq }: MessageSummary): boolean => seq === last;
    const found: number[] = [];
    let calls = 0;
    for (let from: number | null = 0; from !== null; calls++) {
      const answer: { found: number[]; next: number | null } = await walk({ after: from, mostSeen: 600, fits });
      found.push(...answer.found);
      from = answer.next;
      assert.ok(read <= 1000, 'no more than the bound, to the end of a page');
    }
    assert.deepEqual([found, calls], [[last], 3]);
  });
});
