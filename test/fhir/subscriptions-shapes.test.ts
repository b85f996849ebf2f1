import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { SECRET, SubscriptionBench, TOPIC, type BenchOptions } from '../kit/subscription-bench.ts';

describe('what servers send to a subscriber', () => {
  let bench: SubscriptionBench;
  afterEach(() => bench.end());
  const start = async (options: BenchOptions = {}): Promise<void> => {
    bench = await SubscriptionBench.start({ ...options, want: { topic: TOPIC, content: 'id', ...options.want } });
    await bench.active();
  };
  const send = async (body: object): Promise<number> => {
    const headers = { Authorization: `Bearer ${SECRET}`, 'Content-Type': 'application/fhir+json' };
    const response = await fetch(bench.address, { method: 'POST', headers, body: JSON.stringify(body) });
    return response.status;
  };
  const encounter = (id: string): string => {
    const reference = bench.simulator.put({ resourceType: 'Encounter', id, status: 'planned' });
    bench.notifier.pending.length = 0;
    return reference;
  };
  const focus = (id: string): object => ({ reference: `${bench.simulator.base}/Encounter/${id}` });
  const status = (bundle: string, events: readonly object[], total?: string | number): object => ({
    resourceType: 'Bundle',
    type: bundle,
    entry: [
      {
        resource: {
          resourceType: 'SubscriptionStatus',
          status: 'active',
          type: 'event-notification',
          ...(total !== undefined && { eventsSinceSubscriptionStart: total }),
          notificationEvent: events,
        },
      },
    ],
  });

  for (const [release, bundle, number] of [
    ['R4B', 'history', '1'],
    // integer64 is a JSON string by the specification; HAPI sends numbers.
    ['R5', 'subscription-notification', '1'],
    ['R5 as HAPI sends it', 'subscription-notification', 1],
  ] as const)
    it(`is read in the shape of ${release}`, async () => {
      await start();
      encounter('1');
      assert.equal(await send(status(bundle, [{ eventNumber: number, focus: focus('1') }], number)), 204);
      await bench.idle();
      assert.deepEqual(bench.processed, ['created Encounter/1/1']);
      await bench.until('it is counted', () => bench.view.eventNumber === 1);
    });

  it('is not lost where events have no number, and opens no gap', async () => {
    await start();
    encounter('1');
    assert.equal(await send(status('history', [{ focus: focus('1') }], 7)), 204);
    await bench.idle();
    assert.deepEqual(bench.processed, ['created Encounter/1/1']);
    assert.equal(bench.view.gapSince, null);
  });

  it('tells of a deletion by the method of its entry', async () => {
    await start();
    encounter('1');
    await send(status('history', [{ eventNumber: '1', focus: focus('1') }]));
    await bench.idle();
    bench.simulator.remove('Encounter/1');
    await bench.notifier.deliver();
    await bench.idle();
    assert.deepEqual(bench.processed, ['created Encounter/1/1', 'deleted Encounter/1/']);
  });

  it('tells that the subscription has ended, and it is asked to go on', async () => {
    await start();
    const ended = { resourceType: 'SubscriptionStatus', status: 'error', type: 'event-notification' };
    bench.simulator.change(`Subscription/${bench.serverId}`, { status: 'off' });
    const body = { resourceType: 'Bundle', type: 'history', entry: [{ resource: { ...ended, type: 'heartbeat' } }] };
    assert.equal(await send(body), 204);
    await bench.until('it is asked again', () => bench.view.counts.askedAgain === 1, 1_000);
    await bench.active();
    assert.equal(bench.view.trouble, null);
  });

  it('tells of a deletion that the history of the type alone shows', async () => {
    await start({ want: { deletions: true } });
    encounter('1');
    await bench.after(600_000);
    bench.simulator.remove('Encounter/1');
    bench.notifier.pending.length = 0;
    await bench.after(600_000);
    assert.deepEqual(bench.processed, ['created Encounter/1/1', 'deleted Encounter/1/']);
  });

  it('is kept in the order of a patient where the node asks for it', async () => {
    await start({ want: { topic: null, ordering: 'patient', content: 'resource' } });
    const subject = { reference: 'Patient/p1' };
    for (const [id, whom] of [
      ['1', subject],
      ['2', subject],
      ['3', { reference: 'Patient/p2' }],
    ] as const)
      bench.simulator.put({ resourceType: 'Encounter', id, status: 'planned', subject: whom });
    // The first cannot be read yet: what is about the same patient waits, of another it does not.
    bench.simulator.fault({ method: 'GET', path: /^\/Encounter\/1$/, times: 1 }, { kind: 'status', status: 404 });
    bench.held = true;
    await bench.notifier.deliver();
    bench.held = false;
    await bench.work();
    await bench.idle();
    assert.deepEqual(bench.processed, ['created Encounter/3/1', 'created Encounter/1/1', 'created Encounter/2/1']);
  });

  it('is counted: told, told again, asked again, found by polls, refused', async () => {
    await start({ want: { topic: null, content: 'resource' } });
    bench.simulator.put({ resourceType: 'Encounter', id: '1', status: 'planned' });
    const [one] = bench.notifier.pending.splice(0);
    assert.ok(one);
    await bench.notifier.send(one);
    await bench.notifier.send(one);
    await fetch(bench.address, { method: 'POST' });
    encounter('2');
    await bench.after(600_000);
    const { notifications, duplicates, refused, polled, pollsFailed } = bench.view.counts;
    assert.deepEqual(
      { notifications, duplicates, refused, polled, pollsFailed },
      {
        notifications: 2,
        duplicates: 1,
        refused: 1,
        polled: 1,
        pollsFailed: 0,
      },
    );
    assert.ok(bench.view.counts.polls >= 2);
  });

  it('is missed where poll after poll finds what nobody told of; the first that is told ends that', async () => {
    await start({ want: { topic: null, content: 'resource' } });
    for (const id of ['1', '2', '3']) {
      encounter(id);
      await bench.after(600_000);
    }
    assert.equal(bench.view.trouble?.code, 'subscription-not-told');
    const notices = () => bench.engine.store.audit.list({ type: 'notice.shown' });
    assert.equal((await notices()).length, 0, 'it may go away by itself');
    await bench.until('operations are told', async () => (await notices()).length > 0, 5_000);
    bench.clock.advance(60_000);
    await bench.idle();
    const [notice, ...more] = await notices();
    assert.equal(more.length, 0, 'once');
    assert.equal(notice?.details['to'], 'operations');
    assert.match(String(notice.details['text']), /^Subscription encounters at ehr: Poll after poll/);
    bench.simulator.put({ resourceType: 'Encounter', id: '4', status: 'planned' });
    await bench.notifier.deliver();
    await bench.until('it is over', () => bench.view.trouble === null);
  });
});
