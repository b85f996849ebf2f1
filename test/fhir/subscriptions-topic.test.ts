import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { seededRandom } from '../kit/seeded-random.ts';
import { SubscriptionBench, TOPIC, type BenchOptions } from '../kit/subscription-bench.ts';

describe('a subscription to a topic', () => {
  let bench: SubscriptionBench;
  afterEach(() => bench.end());
  const start = async (options: BenchOptions = {}): Promise<void> => {
    bench = await SubscriptionBench.start({ ...options, want: { topic: TOPIC, content: 'id', ...options.want } });
    await bench.active();
    assert.equal(await bench.notifier.handshake(bench.serverId), 204);
  };
  const encounter = (id: string): string => bench.simulator.put({ resourceType: 'Encounter', id, status: 'planned' });
  const encounters = (...ids: readonly string[]): void => ids.forEach(encounter);
  const asked = (what: string): boolean => bench.simulator.requests.some(({ url }) => url.includes(what));

  it('is asked for as the R4 backport has it', async () => {
    await start({ want: { criteria: 'status=planned' } });
    const [stored] = bench.simulator.stored('Subscription');
    assert.equal(stored?.['criteria'], TOPIC);
    const { extension } = stored['_criteria'] as { extension: readonly { url: string; valueString: string }[] };
    assert.match(extension[0]?.url ?? '', /backport-filter-criteria$/);
    assert.equal(extension[0]?.valueString, 'Encounter?status=planned');
    const channel = stored['channel'] as {
      extension: readonly { url: string; valueUnsignedInt: number }[];
      _payload: { extension: readonly { valueCode: string }[] };
    };
    assert.equal(channel.extension[0]?.valueUnsignedInt, 60);
    assert.equal(channel._payload.extension[0]?.valueCode, 'id-only');
  });

  it('counts events that come in order, and asks for nothing', async () => {
    await start();
    encounters('1', '2', '3');
    assert.deepEqual(await bench.notifier.deliver(), [204, 204, 204]);
    await bench.idle();
    assert.equal(bench.processed.length, 3);
    await bench.until('they are counted', () => bench.view.eventNumber === 3);
    assert.equal(bench.view.gapSince, null);
    assert.equal(asked('$events'), false);
  });

  it('waits for what is only late, in whatever order it comes', async () => {
    await start();
    encounters('1', '2', '3', '4', '5');
    const random = seededRandom(7);
    bench.notifier.pending.sort(() => random() - 0.5);
    await bench.notifier.deliver();
    await bench.idle();
    await bench.until('they are counted', () => bench.view.eventNumber === 5);
    assert.equal(bench.view.gaps, 0);
    assert.equal(asked('$events'), false);
  });

  it('takes the same event 19 times for once', async () => {
    await start();
    encounter('1');
    const [one] = bench.notifier.pending.splice(0);
    assert.ok(one);
    for (let n = 0; n < 19; n++) assert.equal(await bench.notifier.send(one), 204);
    await bench.idle();
    assert.deepEqual(bench.processed, ['created Encounter/1/1']);
    assert.equal(bench.view.eventNumber, 1);
  });

  it('asks for the events that were dropped, and no sooner than they could be late', async () => {
    await start();
    encounters('1', '2', '3', '4');
    bench.notifier.pending.splice(1, 2);
    await bench.notifier.deliver();
    await bench.until('the gap is seen', () => bench.view.gapSince !== null);
    assert.equal(asked('$events'), false);
    await bench.until('it is closed', () => bench.view.gaps === 1, 1_000);
    await bench.idle();
    assert.equal(bench.view.eventNumber, 4);
    assert.ok(
      bench.simulator.requests.some(({ url }) => /\$events\?eventsSinceNumber=2&eventsUntilNumber=4/.test(url)),
    );
    assert.deepEqual(
      bench.processed.toSorted(),
      ['1', '2', '3', '4'].map((id) => `created Encounter/${id}/1`),
    );
  });

  it('asks what has changed where the server has no $events, and only then goes on counting', async () => {
    await start({ notifier: { eventsOperation: false } });
    encounters('1', '2', '3');
    bench.notifier.pending.splice(1, 1);
    await bench.notifier.deliver();
    await bench.until('the gap is seen', () => bench.view.gapSince !== null);
    assert.equal(bench.view.eventNumber, 1);
    bench.simulator.fault({ method: 'GET', path: /_lastUpdated=ge/, times: 2 }, { kind: 'status', status: 503 });
    await bench.until('it is closed', () => bench.view.gaps === 1, 1_000);
    await bench.idle();
    assert.equal(bench.view.eventNumber, 3);
    assert.equal(bench.processed.length, 3);
  });

  it('goes on counting after it has asked what has changed, also where time does not stand still meanwhile', async () => {
    await start({ notifier: { eventsOperation: false } });
    encounters('1', '2', '3');
    bench.notifier.pending.splice(1, 1);
    await bench.notifier.deliver();
    await bench.until('the gap is seen', () => bench.view.gapSince !== null);
    const { clock } = bench;
    const stood = clock.now.bind(clock);
    let ticks = 0;
    clock.now = () => stood() + ++ticks;
    const asksBefore = bench.simulator.requests.length;
    await bench.until('it is asked', () => asked('$events'), 1_000);
    await bench.until('it is closed', () => bench.view.gapSince === null, 1_000);
    assert.equal(bench.view.gaps, 1);
    assert.equal(bench.view.eventNumber, 3);
    const events = bench.simulator.requests.slice(asksBefore).filter(({ url }) => url.includes('$events'));
    assert.equal(events.length, 1, 'it is asked once');
    await bench.idle();
    assert.equal(bench.processed.length, 3);
  });

  it('sees by a heartbeat that the last event did not come', async () => {
    await start();
    encounters('1', '2');
    bench.notifier.pending.pop();
    await bench.notifier.deliver();
    await bench.notifier.heartbeat(bench.serverId);
    await bench.until('the gap is seen', () => bench.view.gapSince !== null);
    await bench.until('it is closed', () => bench.view.gaps === 1, 1_000);
    await bench.idle();
    assert.equal(bench.processed.length, 2);
  });

  it('begins anew where the server has lost count, and takes nothing for a repeat because of its number', async () => {
    await start();
    encounters('1', '2', '3');
    await bench.notifier.deliver();
    await bench.idle();
    bench.notifier.restartCount(bench.serverId);
    bench.clock.advance(1_000);
    encounters('4', '5');
    const polledAt = bench.view.polledAt ?? 0;
    await bench.notifier.deliver();
    await bench.idle();
    assert.equal(bench.processed.length, 5);
    await bench.until('it looks for what it may have lost', () => (bench.view.polledAt ?? 0) > polledAt, 1_000);
    assert.equal(bench.view.eventNumber, 2);
  });

  it('is overdue where the server falls silent: it is asked again, and the changes are polled', async () => {
    await start();
    await bench.notifier.heartbeat(bench.serverId);
    encounter('1');
    bench.notifier.pending.length = 0;
    bench.clock.advance(131_000);
    await bench.until('it is seen', () => bench.view.state === 'overdue', 500);
    assert.equal(bench.view.trouble?.code, 'subscription-overdue');
    await bench.until('it is processed', () => bench.processed.length === 1, 500);
    await bench.notifier.heartbeat(bench.serverId);
    await bench.until('it is heard again', () => bench.view.state === 'active');
    assert.equal(bench.view.trouble, null);
  });

  it('does not follow a focus on another server', async () => {
    await start();
    encounter('1');
    const [one] = bench.notifier.pending.splice(0);
    assert.ok(one);
    const body = one.body.replaceAll(bench.simulator.base, `${bench.simulator.origin}9/fhir`);
    assert.equal(await bench.notifier.send({ ...one, body }), 204);
    const [message] = await bench.engine.store.journal.list({});
    assert.equal(message?.state, 'quarantined');
    assert.equal(message.reason?.code, 'subscription-focus-elsewhere');
  });

  it('keeps its count over a restart', async () => {
    await start();
    encounters('1', '2');
    await bench.notifier.deliver();
    await bench.idle();
    await bench.until('they are counted', () => bench.view.eventNumber === 2);
    await bench.stop();
    encounters('3', '4');
    bench.notifier.pending.splice(0);
    await bench.open();
    await bench.active();
    encounter('5');
    await bench.notifier.deliver();
    await bench.until('all are there', () => bench.processed.length === 5, 1_000);
    assert.deepEqual(new Set(bench.processed).size, 5);
    await bench.until('they are counted', () => bench.view.eventNumber === 5, 1_000);
  });
});
