import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import {
  auditSentence,
  ManualClock,
  silentLog,
  timeSortedIds,
  type LiveChange,
  type SwitchRequest,
} from '../../engine/index.ts';
import { createOperatorControls, type RunningControls } from '../../engine/operations/create-controls.ts';
import { TemporaryStore } from '../kit/temporary-store.ts';
import { eventually } from '../kit/eventually.ts';

const FEED: SwitchRequest = { kind: 'feed', name: 'lab', reason: 'the analyser is being replaced', actor: 'user:ana' };

describe('stopping and starting by operators', () => {
  let files: TemporaryStore;
  let clock: ManualClock;
  let changes: LiveChange[];
  let told = 0;
  let controls: RunningControls;
  const opened: RunningControls[] = [];
  const start = async (): Promise<RunningControls> => {
    const one = await createOperatorControls({
      switches: files.store.switches,
      clock,
      ids: timeSortedIds(clock),
      log: silentLog,
      live: { publish: (change) => void changes.push(change) },
      onStoreFailure: (error) => assert.fail(String(error)),
    });
    one.onChange(() => void told++);
    opened.push(one);
    return one;
  };
  beforeEach(async () => {
    files = await TemporaryStore.create();
    clock = new ManualClock();
    changes = [];
    told = 0;
    controls = await start();
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) one.stop();
    await files.close();
  });

  it('is in force from the moment it is durable, is told, and is audited in words', async () => {
    const one = await controls.set(FEED);
    assert.equal(controls.inForce('feed', 'lab')?.id, one.id);
    assert.equal(controls.inForce('endpoint', 'lab'), undefined);
    assert.equal(told, 1);
    assert.deepEqual(changes, [
      { kind: 'switch', name: one.id },
      { kind: 'switch', name: one.id },
      { kind: 'feed', name: 'lab' },
    ]);
    const [record] = await files.store.audit.list({ type: 'switch.set' });
    assert.ok(record);
    assert.match(auditSentence(record), /^ana stopped the feed lab from .*: the analyser is being replaced\.$/);
    assert.equal((await files.store.switches.list(clock.now())).length, 1);
  });

  it('goes on when it is cleared, once, with an audit record', async () => {
    const { id } = await controls.set(FEED);
    assert.equal(await controls.clear(id, { actor: 'cli:root', reason: 'it is back' }), 'cleared');
    assert.equal(controls.inForce('feed', 'lab'), undefined);
    assert.deepEqual(controls.list(), []);
    assert.equal(told, 2);
    assert.equal(await controls.clear(id, { actor: 'cli:root' }), 'unknown');
    const [record, ...more] = await files.store.audit.list({ type: 'switch.cleared' });
    assert.ok(record && more.length === 0);
    assert.equal(auditSentence(record), 'root at the command line let the feed lab go on: it is back.');
  });

  it('begins and ends by itself at the times of a maintenance window', async () => {
    const [from, until] = [clock.now() + 60_000, clock.now() + 120_000];
    await controls.set({ ...FEED, kind: 'endpoint', name: 'ehr', from, until });
    const seen = (): boolean => controls.inForce('endpoint', 'ehr') !== undefined;
    assert.deepEqual(
      controls.list().map((one) => one.inForce),
      [false],
    );
    clock.set(from - 1);
    assert.equal(seen(), false);
    clock.set(from);
    await eventually('the window begins', seen);
    assert.equal(told, 1);
    clock.set(until - 1);
    assert.equal(seen(), true);
    clock.set(until);
    await eventually('the window ends', () => !seen());
    assert.deepEqual([controls.list(), told], [[], 2]);
  });

  it('is kept over a restart, in force or still to come', async () => {
    const from = clock.now() + 3_600_000;
    await controls.set(FEED);
    await controls.set({ ...FEED, kind: 'lane', name: 'bulk', from, until: from + 1_000 });
    controls.stop();
    await files.reopen();
    const next = await start();
    assert.equal(next.inForce('feed', 'lab')?.reason, FEED.reason);
    assert.equal(next.inForce('lane', 'bulk'), undefined);
    clock.set(from);
    await eventually('the window begins', () => next.inForce('lane', 'bulk') !== undefined);
  });

  it('is the strictest of several', async () => {
    const refuse = await controls.set({ ...FEED, mode: 'refuse' });
    await controls.set(FEED);
    assert.equal(controls.inForce('feed', 'lab')?.mode, 'refuse');
    const close = await controls.set({ ...FEED, mode: 'close' });
    assert.equal(controls.inForce('feed', 'lab')?.mode, 'close');
    for (const { id } of [close, refuse]) await controls.clear(id, { actor: 'user:ana' });
    assert.equal(controls.inForce('feed', 'lab')?.mode, 'hold');
  });

  it('sees what another runtime on the same store has set', async () => {
    const other = await start();
    await other.set(FEED);
    assert.equal(controls.inForce('feed', 'lab'), undefined);
    clock.advance(15_000);
    await eventually('it is seen', () => controls.inForce('feed', 'lab') !== undefined);
  });

  it('refuses what makes no sense, naming it, and keeps nothing of it', async () => {
    const now = clock.now();
    const bad: readonly [Partial<SwitchRequest>, RegExp][] = [
      [{ reason: '  ' }, /reason/],
      [{ reason: 'x'.repeat(501) }, /reason/],
      [{ name: '' }, /name/],
      [{ kind: 'lane', name: 'fast' }, /lanes/],
      [{ kind: 'endpoint', mode: 'refuse' }, /only a feed/],
      [{ until: now }, /end/],
      [{ from: now + 10, until: now + 5 }, /end/],
      [{ from: Number.NaN }, /time/],
    ];
    for (const [more, why] of bad) {
      await assert.rejects(controls.set({ ...FEED, ...more }), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'switch-invalid');
        assert.match(error.message, why);
        return true;
      });
    }
    assert.deepEqual(await files.store.switches.list(now), []);
    assert.equal((await files.store.audit.head()).seq, 0);
  });
});
