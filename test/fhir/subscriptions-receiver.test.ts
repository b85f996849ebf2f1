import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { SECRET, SubscriptionBench, type BenchOptions } from '../kit/subscription-bench.ts';

describe('where notifications come in', () => {
  let bench: SubscriptionBench;
  afterEach(() => bench.end());
  let address = '';
  const start = async (options: BenchOptions = {}): Promise<void> => {
    bench = await SubscriptionBench.start(options);
    await bench.active();
    const [stored = {}] = bench.simulator.stored('Subscription') as readonly { channel?: { endpoint: string } }[];
    address = stored.channel?.endpoint ?? '';
  };
  const AUTHORIZED: Readonly<Record<string, string>> = {
    Authorization: `Bearer ${SECRET}`,
    'Content-Type': 'application/fhir+json',
  };
  const send = async (body: string, { url = address, method = 'POST', headers = AUTHORIZED } = {}): Promise<number> => {
    const response = await fetch(url, { method, headers, ...(body !== '' && { body }) });
    assert.equal(await response.text(), '', 'nothing is said beside the status');
    return response.status;
  };
  const RESOURCE = JSON.stringify({ resourceType: 'Encounter', id: '1', meta: { versionId: '1' } });
  const messages = () => bench.engine.store.journal.list({});

  it('takes nothing without the path and the secret, and keeps nothing of it', async () => {
    await start();
    assert.equal(await send(RESOURCE, { url: address.replace(/[^/]+$/, 'encounters') }), 404);
    assert.equal(await send(RESOURCE, { headers: {} }), 401);
    assert.equal(await send(RESOURCE, { headers: { Authorization: `Bearer ${SECRET}x` } }), 401);
    assert.equal(await send(RESOURCE, { headers: { Authorization: SECRET } }), 401);
    const got = await fetch(address, { headers: AUTHORIZED });
    assert.equal(got.status, 405);
    assert.equal((await messages()).length, 0);
  });

  it('takes no more than it can read, and only what is JSON by its name', async () => {
    await start();
    assert.equal(await send(`{"a":"${'x'.repeat(6 * 1024 * 1024)}"}`), 413);
    assert.equal(
      await send('<Encounter/>', { headers: { ...AUTHORIZED, 'Content-Type': 'application/fhir+xml' } }),
      415,
    );
    assert.equal(await send(RESOURCE, { url: `${address}?${'x'.repeat(2000)}` }), 414);
    assert.equal((await messages()).length, 0);
  });

  it('keeps in quarantine what it cannot read, so that it is seen, and says 204: it would not be better the next time', async () => {
    await start();
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const cases: readonly (readonly [string, string])[] = [
      ['not json', 'subscription-unreadable'],
      ['[]', 'subscription-unreadable'],
      [deep, 'subscription-unreadable'],
      ['{"resourceType":"Patient","id":"1"}', 'subscription-other-resource'],
      ['{"resourceType":"Encounter","id":"../x"}', 'subscription-other-resource'],
      ['{"resourceType":"Bundle","type":"history","entry":[null,1,"x",{}]}', 'subscription-other-resource'],
      ['{"resourceType":"Encounter","__proto__":{"id":"1"}}', 'subscription-other-resource'],
    ];
    for (const [body, code] of cases) {
      assert.equal(await send(body), 204, code);
      assert.equal((await messages())[0]?.reason?.code, code);
    }
    assert.equal(await send(RESOURCE, { method: 'PUT', url: `${address}/Encounter/2` }), 204);
    assert.equal((await messages())[0]?.reason?.code, 'subscription-other-resource');
    assert.equal(await send('', { method: 'DELETE', url: `${address}/Patient/1` }), 204);
    assert.equal(await send('', { method: 'DELETE', url: `${address}/..%2f..%2fadmin` }), 204);
    assert.ok((await messages()).every(({ state }) => state === 'quarantined'));
  });

  it('says 503 while the feed takes nothing, and the poll brings it later', async () => {
    await start();
    bench.simulator.put({ resourceType: 'Encounter', id: '1', status: 'planned' });
    const { controls } = bench.engine;
    const stop = await controls.set({
      kind: 'feed',
      name: 'encounters',
      mode: 'close',
      reason: 'maintenance',
      actor: 'user:a',
    });
    assert.deepEqual(await bench.notifier.deliver(), [503]);
    assert.equal((await messages()).length, 0);
    bench.clock.advance(600_000);
    await bench.until('it is said', () => bench.view.trouble?.code === 'subscription-withheld');
    const mark = bench.view.watermark;
    await controls.clear(stop.id, { actor: 'user:a', reason: 'over' });
    await bench.until('it is processed', () => bench.processed.length === 1, 1_000);
    assert.ok((bench.view.watermark ?? 0) > (mark ?? 0), 'the mark waited');
    assert.equal(bench.view.trouble, null);
  });

  it('refuses more in a minute than anybody sends, for a minute', async () => {
    await start();
    const heartbeat = JSON.stringify({
      resourceType: 'Bundle',
      entry: [{ resource: { resourceType: 'Parameters', parameter: [{ name: 'type', valueCode: 'heartbeat' }] } }],
    });
    let last = 204;
    for (let sent = 0; sent < 6_100 && last === 204; sent += 50)
      last = (await Promise.all(Array.from({ length: 50 }, () => send(heartbeat)))).find((one) => one !== 204) ?? 204;
    assert.equal(last, 429);
    bench.clock.advance(60_000);
    assert.equal(await send(heartbeat), 204);
  });

  it('keeps one message of a notification that lists more events than anybody sends', async () => {
    await start();
    const notificationEvent = Array.from({ length: 1_001 }, (_, i) => ({ eventNumber: i + 1 }));
    const status = { resourceType: 'SubscriptionStatus', type: 'event-notification', notificationEvent };
    const bundle = { resourceType: 'Bundle', type: 'history', entry: [{ resource: status }] };
    assert.equal(await send(JSON.stringify(bundle)), 204);
    assert.equal((await messages()).length, 1);
  });
});
