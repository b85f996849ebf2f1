/** What a server says that no server should: it stays the trouble of its own subscription. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { eventually } from '../kit/eventually.ts';
import { SECRET, SubscriptionBench } from '../kit/subscription-bench.ts';

/** JSON.parse reads it; whatever walks it by calling itself runs out of stack. */
const DEEP = `${'{"extension":['.repeat(20_000)}${']}'.repeat(20_000)}`;

const bundleOf = (resource: string): string =>
  `{"resourceType":"Bundle","type":"searchset","entry":[{"resource":${resource}}]}`;

describe('a subscription to a server that says what none should', () => {
  let bench: SubscriptionBench;
  afterEach(() => bench.end());
  /** Time moves while nothing is asked of the server and no work is in hand: however slow that is, no time limit passes. */
  const goesOn = (what: string, condition: () => boolean): Promise<void> =>
    eventually(what, async () => {
      if (condition()) return true;
      const { claimed } = await bench.engine.store.work.counts();
      const asks = bench.engine.endpointHealth().some(({ inFlight }) => inFlight > 0);
      if (claimed === 0 && !asks) bench.clock.advance(1_000);
      return false;
    });
  const encounter = (more: string): string => `{"resourceType":"Encounter","id":"1","meta":{"versionId":"1"}${more}}`;

  it('tells of a poll that failed where a resource is deeper than any stack, and goes on when it is mended', async () => {
    bench = await SubscriptionBench.start();
    await bench.active();
    bench.simulator.fault(
      { method: 'GET', path: /_lastUpdated=ge/ },
      { kind: 'text', text: bundleOf(encounter(`,"x":${DEEP}`)) },
    );
    await goesOn('it is said', () => bench.view.trouble !== null);
    assert.match(bench.view.trouble?.text ?? '', /fhir-answer-too-deep/);
    assert.equal(bench.engine.storeTrouble(), null, 'the store is not to blame');
    bench.simulator.mend();
    bench.simulator.put({ resourceType: 'Encounter', id: '2', status: 'planned' });
    bench.notifier.pending.length = 0;
    await goesOn('it is over', () => bench.view.trouble === null);
    await bench.idle();
    assert.deepEqual(bench.processed, ['created Encounter/2/1']);
  });

  it('takes no time that no calendar has for one', async () => {
    const meta = '"meta":{"versionId":"1","lastUpdated":"-271821-04-20T00:00:00.000Z"}';
    const text = bundleOf(`{"resourceType":"Encounter","id":"1",${meta}}`);
    bench = await SubscriptionBench.start({
      before: (simulator) => simulator.fault({ method: 'GET', path: /_sort=-_lastUpdated/ }, { kind: 'text', text }),
    });
    await bench.active();
    assert.ok((bench.view.watermark ?? 0) > Date.UTC(2020, 0));
    bench.simulator.put({ resourceType: 'Encounter', id: '2', status: 'planned' });
    bench.notifier.pending.length = 0;
    await bench.after(600_000);
    assert.deepEqual(bench.processed, ['created Encounter/2/1']);
    assert.equal(bench.engine.storeTrouble(), null);
  });

  it('is in trouble alone where what the server says brings a mistake of ours to light', async () => {
    bench = await SubscriptionBench.start();
    await bench.active();
    const { subscriptions } = bench.engine.store;
    const taken = subscriptions.taken.bind(subscriptions);
    Object.assign(subscriptions, {
      taken: () => {
        throw new TypeError('a mistake');
      },
    });
    bench.simulator.put({ resourceType: 'Encounter', id: '1', status: 'planned' });
    bench.notifier.pending.length = 0;
    await goesOn('it is said', () => bench.view.trouble?.code === 'subscription-broken');
    assert.equal(bench.engine.storeTrouble(), null, 'the store is not to blame');
    Object.assign(subscriptions, { taken });
    await goesOn('it is over', () => bench.view.trouble === null);
    await bench.idle();
    assert.deepEqual(bench.processed, ['created Encounter/1/1']);
  });

  it('keeps a notification that is deeper than any stack in quarantine, and answers it', async () => {
    bench = await SubscriptionBench.start();
    await bench.active();
    const headers = { authorization: `Bearer ${SECRET}`, 'content-type': 'application/fhir+json' };
    for (const body of [encounter(`,"x":${DEEP}`), bundleOf(encounter(`,"x":${DEEP}`))])
      assert.equal((await fetch(bench.address, { method: 'POST', headers, body })).status, 204);
    const kept = await bench.engine.store.journal.list({});
    assert.deepEqual(
      kept.map(({ state, reason }) => `${state} ${reason?.code}`),
      ['quarantined subscription-unreadable', 'quarantined subscription-unreadable'],
    );
    assert.equal(bench.engine.storeTrouble(), null);
  });
});
