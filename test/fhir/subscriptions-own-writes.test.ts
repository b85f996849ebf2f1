import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { SubscriptionBench, type BenchOptions } from '../kit/subscription-bench.ts';

const IDENTIFIER = { system: 'urn:x', value: 'v' };
const OURS = 'It is what we wrote ourselves.';

describe('what we wrote ourselves', () => {
  let bench: SubscriptionBench;
  afterEach(() => bench.end());
  const start = async (options: BenchOptions = {}): Promise<void> => {
    bench = await SubscriptionBench.start(options);
    await bench.active();
  };
  const told = async (): Promise<void> => {
    await bench.notifier.deliver();
    await bench.idle();
  };
  const ehr = () => bench.engine.endpoints.get('ehr');
  const encounter = (id: string, more: object = {}): string =>
    bench.simulator.put({ resourceType: 'Encounter', id, status: 'planned', ...more });

  it('comes not back as a deletion of somebody else, by a notification or by the history', async () => {
    await start({ want: { deletions: true } });
    for (const id of ['1', '2']) encounter(id);
    await told();
    assert.ok((await ehr().remove('Encounter', '1')).ok);
    await told();
    assert.deepEqual(bench.nothing, [OURS]);
    assert.ok((await ehr().remove('Encounter', '2')).ok);
    bench.notifier.pending.length = 0;
    await bench.after(600_000);
    assert.deepEqual(bench.processed, ['created Encounter/1/1', 'created Encounter/2/1']);
  });

  it('hides no deletion of what somebody made of it again', async () => {
    await start();
    encounter('1');
    await told();
    assert.ok((await ehr().remove('Encounter', '1')).ok);
    await told();
    bench.clock.advance(1_000);
    encounter('1', { status: 'arrived' });
    await told();
    bench.simulator.remove('Encounter/1');
    await told();
    assert.deepEqual(bench.processed, ['created Encounter/1/1', 'updated Encounter/1/3', 'deleted Encounter/1/']);
  });

  it('is not what was only found: somebody else has changed it since it was made', async () => {
    await start();
    const made = await ehr().createOnce({ resourceType: 'Encounter', status: 'planned' }, IDENTIFIER);
    assert.ok(made.ok);
    await told();
    const reference = `Encounter/${made.answer.resource?.id ?? ''}`;
    bench.simulator.change(reference, { status: 'arrived' });
    const found = await ehr().createOnce({ resourceType: 'Encounter', status: 'planned' }, IDENTIFIER, {
      lookFirst: true,
    });
    assert.ok(found.ok);
    await told();
    assert.deepEqual(bench.processed, [`updated ${reference}/2`]);
  });

  it('is not what an update found done already', async () => {
    await start();
    encounter('1');
    await told();
    bench.simulator.change('Encounter/1', { status: 'arrived' });
    const result = await ehr().update('Encounter', '1', (current) =>
      current['status'] === 'arrived' ? null : { ...current, status: 'arrived' },
    );
    assert.ok(result.ok && result.answer.unchanged);
    await told();
    assert.deepEqual(bench.processed, ['created Encounter/1/1', 'updated Encounter/1/2']);
  });

  it('is told by what it lies upon, where the resource was never processed', async () => {
    await start({ before: (simulator) => void simulator.put({ resourceType: 'Encounter', id: 'old' }) });
    bench.clock.advance(3_600_000);
    await bench.after(600_000);
    // There since before the subscription: nobody's news.
    assert.ok((await ehr().update('Encounter', 'old', (current) => ({ ...current, status: 'arrived' }))).ok);
    // Made by somebody else since the last poll, and never notified.
    encounter('new');
    assert.ok((await ehr().update('Encounter', 'new', (current) => ({ ...current, status: 'arrived' }))).ok);
    bench.notifier.pending.length = 0;
    await bench.after(600_000);
    assert.deepEqual(
      bench.processed.filter((one) => !one.includes('Encounter/old/1')),
      ['updated Encounter/new/2'],
    );
  });
});

describe('a resource that is not there after a notification', () => {
  let bench: SubscriptionBench;
  afterEach(() => bench.end());
  const missing = async (): Promise<void> => {
    bench.simulator.fault({ method: 'GET', path: /^\/Encounter\/1$/ }, { kind: 'status', status: 404 });
    await bench.notifier.deliver();
    await bench.idle();
  };

  it('holds what waits behind it for a minute, and is then said to be hidden or deleted', async () => {
    bench = await SubscriptionBench.start();
    await bench.active();
    bench.simulator.put({ resourceType: 'Encounter', id: '1' });
    const before = bench.clock.now();
    await missing();
    assert.equal(bench.processed.length, 0);
    assert.match(bench.nothing[0] ?? '', /deleted before it could be read, or is hidden/);
    const took = bench.clock.now() - before;
    assert.ok(took >= 60_000 && took < 180_000, `${took} ms`);
    // It shows after all: nothing is lost by that.
    bench.simulator.mend();
    bench.simulator.change('Encounter/1', { status: 'arrived' });
    await bench.notifier.deliver();
    await bench.idle();
    assert.deepEqual(bench.processed, ['updated Encounter/1/2']);
  });

  it('is a deletion where it was processed before', async () => {
    bench = await SubscriptionBench.start();
    await bench.active();
    bench.simulator.put({ resourceType: 'Encounter', id: '1' });
    await bench.notifier.deliver();
    await bench.idle();
    bench.simulator.change('Encounter/1', { status: 'arrived' });
    await missing();
    assert.deepEqual(bench.processed, ['created Encounter/1/1', 'deleted Encounter/1/']);
  });

  it('is processed by a poll where it shows again as it was', async () => {
    bench = await SubscriptionBench.start();
    await bench.active();
    bench.simulator.put({ resourceType: 'Encounter', id: '1' });
    await missing();
    assert.deepEqual(bench.processed, []);
    bench.simulator.mend();
    await bench.after(1_200_000);
    assert.deepEqual(bench.processed, ['created Encounter/1/1']);
    bench.simulator.change('Encounter/1', { status: 'arrived' });
    await missing();
    bench.simulator.mend();
    await bench.after(1_200_000);
    assert.deepEqual(bench.processed.slice(1), ['deleted Encounter/1/', 'updated Encounter/1/2']);
    const before = bench.nothing.length;
    await bench.after(3_600_000);
    assert.deepEqual([bench.processed.length, bench.nothing.length], [3, before], 'it is told of once');
  });

  it('is processed by a poll where a replica was behind for longer than anybody waits', async () => {
    bench = await SubscriptionBench.start();
    await bench.active();
    bench.simulator.put({ resourceType: 'Encounter', id: '1', status: 'planned' });
    await bench.notifier.deliver();
    await bench.idle();
    const old = JSON.parse(bench.simulator.textOf('Encounter/1')) as unknown;
    bench.simulator.change('Encounter/1', { status: 'arrived' });
    const stale = { kind: 'status', status: 200, body: old } as const;
    bench.simulator.fault({ method: 'GET', path: /^\/Encounter\/1$/ }, stale);
    await bench.notifier.deliver();
    await bench.idle();
    assert.deepEqual(bench.processed, ['created Encounter/1/1']);
    bench.simulator.mend();
    await bench.after(1_200_000);
    assert.deepEqual(bench.processed, ['created Encounter/1/1', 'updated Encounter/1/2']);
    assert.equal(bench.view.missed, 0, 'it was told of');
  });
});
