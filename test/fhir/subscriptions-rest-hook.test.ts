import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { SECRET, SubscriptionBench, type BenchOptions } from '../kit/subscription-bench.ts';

describe('a subscription by rest-hook', () => {
  let bench: SubscriptionBench;
  afterEach(() => bench.end());
  const start = async (options: BenchOptions = {}): Promise<void> => {
    bench = await SubscriptionBench.start(options);
    await bench.active();
  };
  const encounter = (id: string, status = 'planned'): string =>
    bench.simulator.put({ resourceType: 'Encounter', id, status });
  const messages = () => bench.engine.store.journal.list({ order: 'oldest-first' });

  it('is asked for once, becomes active, and is found again after a restart', async () => {
    await start();
    const [stored, ...more] = bench.simulator.stored('Subscription');
    assert.equal(more.length, 0);
    assert.equal(stored?.['criteria'], 'Encounter?');
    const channel = stored['channel'] as { endpoint: string; header: readonly string[]; payload: string };
    assert.equal(channel.payload, 'application/fhir+json');
    assert.deepEqual(channel.header, [`Authorization: Bearer ${SECRET}`]);
    assert.match(channel.endpoint, /^http:\/\/127\.0\.0\.1:\d+\/notify\/[\w-]{43}$/);
    assert.ok(Date.parse(String(stored['end'])) > bench.clock.now());
    await bench.stop();
    await bench.open();
    await bench.active();
    assert.equal(bench.simulator.stored('Subscription').length, 1);
    const audit = await bench.engine.store.audit.list({});
    assert.ok(audit.some(({ type, details }) => type === 'subscription.changed' && details['to'] === 'active'));
  });

  it('is adopted where it was made and nobody heard so', async () => {
    bench = await SubscriptionBench.start({
      before: (simulator) =>
        simulator.fault({ method: 'POST', type: 'Subscription', times: 1 }, { kind: 'lose-answer' }),
    });
    await bench.active();
    assert.equal(bench.simulator.requests.filter(({ fault }) => fault === 'lose-answer').length, 1);
    assert.equal(bench.simulator.stored('Subscription').length, 1);
  });

  it('keeps what comes before it answers 204, and processes each version once', async () => {
    await start();
    encounter('1');
    bench.held = true;
    assert.deepEqual(await bench.notifier.deliver(), [204]);
    const [message] = await messages();
    assert.equal(message?.type, 'Encounter');
    assert.equal(message.format, 'fhir');
    assert.equal(message.controlId, 'Encounter/1/1');
    assert.equal(message.sender, 'ehr');
    bench.held = false;
    await bench.work();
    await bench.idle();
    assert.deepEqual(bench.processed, ['created Encounter/1/1']);
  });

  it('takes the POST form, and the same 19 times for once', async () => {
    await start({ notifier: { form: 'post' } });
    encounter('1');
    const [one] = bench.notifier.pending;
    assert.ok(one);
    await Promise.all(Array.from({ length: 19 }, () => bench.notifier.send(one)));
    await bench.idle();
    assert.deepEqual(bench.processed, ['created Encounter/1/1']);
    assert.deepEqual(
      bench.notifier.answers,
      Array.from({ length: 19 }, () => 204),
    );
    assert.equal((await messages()).filter(({ state }) => state === 'resend').length, 18);
  });

  it('reads what there is now, whatever the order of what it is told', async () => {
    await start();
    const reference = encounter('1');
    bench.simulator.change(reference, { status: 'in-progress' });
    bench.simulator.change(reference, { status: 'finished' });
    bench.notifier.pending.reverse();
    await bench.notifier.deliver();
    await bench.idle();
    assert.deepEqual(bench.processed, ['updated Encounter/1/3'], 'the older ones were found done');
    assert.equal(bench.nothing.length, 2);
  });

  it('reads again where the server does not hold yet what it tells of', async () => {
    await start();
    encounter('1');
    bench.simulator.fault({ method: 'GET', path: /^\/Encounter\/1$/, times: 2 }, { kind: 'status', status: 404 });
    await bench.notifier.deliver();
    await bench.idle();
    assert.deepEqual(bench.processed, ['created Encounter/1/1']);
    const [message] = await messages();
    const [work] = await bench.engine.store.work.ofMessage(message?.id ?? '');
    assert.equal(work?.attempts[0]?.failure?.code, 'subscription-not-yet');
  });

  it('is told of deletions by a DELETE, which is no empty notification', async () => {
    await start();
    const reference = encounter('1');
    await bench.notifier.deliver();
    await bench.idle();
    bench.simulator.remove(reference);
    assert.equal(bench.notifier.pending[0]?.method, 'DELETE');
    await bench.notifier.deliver();
    await bench.idle();
    encounter('1', 'finished');
    await bench.notifier.deliver();
    await bench.idle();
    bench.simulator.remove(reference);
    await bench.notifier.deliver();
    await bench.idle();
    const [created, deleted] = ['created Encounter/1/1', 'deleted Encounter/1/'];
    assert.deepEqual(bench.processed, [created, deleted, 'updated Encounter/1/3', deleted]);
  });

  it('asks the server what has changed when it is told no more than that something did', async () => {
    await start({ want: { content: 'none' } });
    encounter('1');
    encounter('2');
    assert.deepEqual(await bench.notifier.deliver(), [204, 204]);
    await bench.idle();
    assert.deepEqual(bench.processed.toSorted(), ['created Encounter/1/1', 'created Encounter/2/1']);
  });

  it('finds by the poll what was never delivered, says how much, and moves its mark', async () => {
    await start();
    const before = bench.view.watermark ?? 0;
    encounter('1');
    bench.notifier.pending.length = 0;
    bench.clock.advance(300_000);
    encounter('2');
    bench.notifier.pending.length = 0;
    await bench.after(600_000);
    assert.deepEqual(bench.processed, ['created Encounter/1/1', 'created Encounter/2/1']);
    assert.ok((bench.view.watermark ?? 0) > before);
    assert.equal(bench.view.missed, 2);
    const count = (await messages()).length;
    await bench.after(600_000);
    assert.equal((await messages()).length, count, 'nothing comes twice by the overlap');
  });

  it('covers what is written before the subscription takes effect', async () => {
    bench = await SubscriptionBench.start({ notifier: { activates: false } });
    await bench.until('it is asked for', () => bench.view.state === 'requested', 1_000);
    encounter('1');
    assert.equal(bench.notifier.pending.length, 0);
    bench.notifier.activate(bench.serverId);
    await bench.until('it is processed', () => bench.processed.length > 0, 1_000);
    await bench.active();
    assert.deepEqual(bench.processed, ['created Encounter/1/1']);
  });

  it('asks it to go on where the server has stopped it, and looks for what was not told meanwhile', async () => {
    await start();
    const id = bench.serverId;
    bench.simulator.change(`Subscription/${id}`, { status: 'error', error: 'HTTP 503' });
    encounter('1');
    assert.equal(bench.notifier.pending.length, 0);
    await bench.until('it is seen', () => bench.view.state === 'error', 10_000);
    assert.equal(bench.view.trouble?.code, 'subscription-stopped-by-server');
    await bench.active();
    await bench.until('it is processed', () => bench.processed.length === 1, 1_000);
    assert.equal(bench.view.trouble, null);
  });

  it('is renewed before its end', async () => {
    await start();
    const ends = (): number => Date.parse(String(bench.simulator.stored('Subscription')[0]?.['end']));
    const first = ends();
    bench.clock.advance(4 * 24 * 3_600_000);
    await bench.until('it is renewed', () => ends() > first, 2_000);
    assert.ok(ends() - bench.clock.now() > 6 * 24 * 3_600_000);
  });

  it('does not accept what the server made of it without saying so', async () => {
    bench = await SubscriptionBench.start({ notifier: { activates: false } });
    await bench.until('it is asked for', () => bench.view.state === 'requested', 1_000);
    bench.simulator.change(`Subscription/${bench.serverId}`, {
      criteria: 'Encounter?status=finished',
      status: 'active',
    });
    await bench.until('it is seen', () => bench.view.state === 'error', 10_000);
    assert.equal(bench.view.trouble?.code, 'subscription-adjusted');
    encounter('1');
    await bench.after(600_000);
    assert.deepEqual(bench.processed, ['created Encounter/1/1'], 'the poll goes on');
  });

  it('makes it again where it is gone from the server', async () => {
    await start();
    bench.simulator.remove(`Subscription/${bench.serverId}`);
    await bench.until('there is another', () => bench.serverId !== '' && bench.view.state === 'active', 10_000);
  });

  it('stops it on the server when no flow has it any more', async () => {
    await start();
    await bench.engine.subscriptions.configure([]);
    await bench.until(
      'it is off',
      async () => (await bench.engine.store.subscriptions.get('encounters'))?.state === 'off',
      1_000,
    );
    assert.equal(bench.simulator.stored('Subscription')[0]?.['status'], 'off');
  });

  it('polls alone where nothing is bound, or the server takes no subscriptions, and says so', async () => {
    bench = await SubscriptionBench.start({ unbound: true, want: { pollMs: 60_000 } });
    assert.equal(bench.view.state, 'polling');
    assert.equal(bench.view.trouble?.code, 'subscription-unbound');
    encounter('1');
    await bench.after(70_000);
    assert.deepEqual(bench.processed, ['created Encounter/1/1']);
    await bench.end();
    bench = await SubscriptionBench.start();
    await bench.end();
    bench = await SubscriptionBench.start({
      simulator: { others: (request) => Promise.resolve(request.type === 'Subscription' ? { status: 404 } : null) },
    });
    await bench.until('it is said', () => bench.view.trouble?.code === 'subscription-not-taken', 1_000);
    assert.equal(bench.view.state, 'polling');
  });

  it('leaves out what we wrote ourselves, and takes what somebody else made of it', async () => {
    await start();
    const ehr = bench.engine.endpoints.get('ehr');
    const made = await ehr.createOnce(
      { resourceType: 'Encounter', status: 'planned' },
      { system: 'urn:x', value: 'v' },
    );
    assert.ok(made.ok);
    await bench.notifier.deliver();
    await bench.idle();
    assert.deepEqual(bench.processed, []);
    assert.deepEqual(bench.nothing, ['It is what we wrote ourselves.']);
    const reference = `Encounter/${made.answer.resource?.id ?? ''}`;
    bench.simulator.change(reference, { status: 'finished' });
    await bench.notifier.deliver();
    await bench.idle();
    assert.deepEqual(bench.processed, [`updated ${reference}/2`]);
    const count = (await messages()).length;
    await bench.after(600_000);
    assert.equal((await messages()).length, count, 'the poll leaves it out as well');
  });

  it('waits for a write that is under way, whose notification is faster than its answer', async () => {
    await start();
    let answerIt = (): void => undefined;
    const until = new Promise<void>((resolve) => (answerIt = resolve));
    bench.simulator.fault({ method: 'POST', type: 'Encounter' }, { kind: 'wait-after', until });
    const writing = bench.engine.endpoints
      .get('ehr')
      .createOnce({ resourceType: 'Encounter', status: 'planned' }, { system: 'urn:x', value: 'v' });
    await bench.until('it is told', () => bench.notifier.pending.length === 1);
    await bench.notifier.deliver();
    await bench.until('it is read', () =>
      bench.simulator.requests.some(({ method, url }) => method === 'GET' && /Encounter\/\w+$/.test(url)),
    );
    answerIt();
    assert.ok((await writing).ok);
    await bench.idle();
    assert.deepEqual([bench.processed, bench.nothing], [[], ['It is what we wrote ourselves.']]);
  });

  for (const way of ['notification', 'poll'] as const)
    it(`takes what somebody else changed beneath our own write, by a ${way}`, async () => {
      await start();
      const reference = encounter('1');
      await bench.notifier.deliver();
      await bench.idle();
      bench.simulator.change(reference, { status: 'in-progress' });
      const ehr = bench.engine.endpoints.get('ehr');
      const ours = await ehr.update('Encounter', '1', (current) => ({ ...current, priority: { text: 'soon' } }));
      assert.ok(ours.ok);
      if (way === 'notification') {
        await bench.notifier.deliver();
        await bench.idle();
      } else {
        bench.notifier.pending.length = 0;
        await bench.after(600_000);
      }
      assert.deepEqual(bench.processed, ['created Encounter/1/1', 'updated Encounter/1/3']);
    });
});
