/** How full a feed is, where the store counts more slowly than messages come. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { ManualClock, silentLog } from '../../engine/index.ts';
import { Backlog } from '../../engine/intake/backlog.ts';
import type { MessageCounts } from '../../engine/store/contract/index.ts';

const NONE: MessageCounts = {
  accepted: 0,
  processing: 0,
  waiting: 0,
  done: 0,
  dead: 0,
  quarantined: 0,
  discarded: 0,
  parked: 0,
  resend: 0,
  unrouted: 0,
  total: 0,
};

describe('the backlog of a feed', () => {
  let clock: ManualClock;
  let asked: ((counts: MessageCounts) => void)[];
  let backlog: Backlog;
  /** The store cannot count. */
  let refuse: () => void;

  const make = (limit: number): void => {
    backlog = new Backlog({
      journal: {
        counts: () =>
          new Promise((resolve, reject) => {
            asked.push(resolve);
            refuse = () => {
              asked.shift();
              reject(new Error('The disk is away.'));
            };
          }),
      },
      clock,
      log: silentLog,
      limit,
      changed: () => undefined,
    });
  };
  /** The store has counted, after however long. */
  const counted = async (accepted: number): Promise<void> => {
    assert.equal(asked.length, 1, 'one count is under way');
    asked.shift()?.({ ...NONE, accepted, total: accepted });
    await new Promise(setImmediate);
  };
  beforeEach(() => {
    clock = new ManualClock();
    asked = [];
  });

  it('counts what was taken while the store counted', async () => {
    make(3);
    backlog.taken('lab');
    for (let i = 0; i < 3; i++) backlog.taken('lab');
    await counted(1);
    assert.equal(backlog.isFull('lab'), false);
    // One is open and three came meanwhile: more than the limit, so it looks again at once.
    await counted(4);
    assert.equal(backlog.isFull('lab'), true);
  });

  it('takes a count for as old as its beginning', async () => {
    make(1);
    backlog.taken('lab');
    clock.advance(1_000);
    await counted(0);
    backlog.taken('lab');
    await counted(1);
    assert.equal(backlog.isFull('lab'), true);
  });

  it('counts again for what was due while it counted', async () => {
    make(1);
    backlog.taken('lab');
    clock.advance(1_000);
    backlog.taken('lab');
    await counted(0);
    await counted(2);
    assert.equal(backlog.isFull('lab'), true);
  });

  it('waits for the next message where the store could not count', async () => {
    make(1);
    backlog.taken('lab');
    backlog.taken('lab');
    refuse();
    await new Promise(setImmediate);
    assert.equal(asked.length, 0);
    backlog.taken('lab');
    await counted(3);
    assert.equal(backlog.isFull('lab'), true);
  });

  it('does not count on and on while nothing comes', async () => {
    make(10);
    backlog.taken('lab');
    clock.advance(5_000);
    await counted(1);
    assert.equal(asked.length, 0);
  });
});
