/** The way to an endpoint, over a real server: what is not sent, what is told, and when it goes on. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { createFhirEndpoints, LANES, ManualClock, silentLog, type FhirResult, type Lane } from '../../engine/index.ts';
import { answerJson, startLocalHttpServer, type Answering, type LocalHttpServer } from '../kit/local-http-server.ts';

const OK: Answering = (_request, response) => answerJson(response, 200, { resourceType: 'Task', id: '1' });
const status =
  (code: number, headers: Record<string, string> = {}): Answering =>
  (_request, response) =>
    answerJson(response, code, {}, headers);

describe('the way to an endpoint', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  const serve = async (concurrency = 8) => {
    let answer: Answering = OK;
    let stop: { readonly until: number | null } | undefined;
    const clock = new ManualClock();
    const ready: number[] = [];
    const changes: string[] = [];
    const server: LocalHttpServer = await startLocalHttpServer((...args) => answer(...args));
    const endpoints = createFhirEndpoints({
      bindings: { ehr: { base: `${server.origin}/fhir`, concurrency } },
      folder: '/nowhere',
      clock,
      log: silentLog,
      live: { publish: (change) => void (change.kind === 'endpoint' && changes.push(change.name)) },
      random: () => 0.5,
      held: () => stop,
      onReady: (_name, places) => void ready.push(places),
    });
    open.push(endpoints, server);
    const ehr = endpoints.get('ehr');
    return {
      server,
      clock,
      ready,
      changes,
      endpoints,
      answering: (next: Answering) => void (answer = next),
      hold: (next: typeof stop) => {
        stop = next;
        endpoints.reconsider();
      },
      read: () => ehr.read('Task', '1'),
      readIn: (lane: Lane, id: string) => endpoints.get('ehr', lane).read('Task', id),
      health: () => ehr.health(),
    };
  };
  const failed = (result: FhirResult) => {
    assert.ok(!result.ok, 'it failed');
    const { code, class: kind, retryAfterMs, waitsFor } = result.failure;
    return { code, kind, retryAfterMs, waitsFor };
  };

  it('fails at once while the circuit is open, without a word to the server, and says what it waits for', async () => {
    const { server, read, answering, health, changes } = await serve();
    answering(status(500));
    for (let i = 0; i < 5; i++) assert.equal(failed(await read()).code, 'fhir-server-error');
    changes.length = 0;
    assert.deepEqual(failed(await read()), {
      code: 'endpoint-circuit-open',
      kind: 'throttled',
      retryAfterMs: 1_000,
      waitsFor: { endpoint: 'ehr', held: false },
    });
    assert.equal(server.seen.length, 5);
    assert.equal(health().circuit, 'open');
    assert.deepEqual(changes, [], 'a refusal changes nothing');
  });

  it('calls for one that waits when it is half-open, for more when it is closed, and begins with one call at once', async () => {
    const { server, read, answering, health, clock, ready } = await serve();
    answering(status(503));
    for (let i = 0; i < 5; i++) await read();
    answering(OK);
    assert.deepEqual(ready, [0]);
    clock.advance(1_000);
    assert.deepEqual(ready, [0, 1]);
    assert.equal(health().circuit, 'half-open');
    assert.equal((await read()).ok, true);
    assert.deepEqual(ready, [0, 1, 16]);
    assert.deepEqual([health().circuit, health().limit, health().mostAtOnce], ['closed', 1, 8]);
    assert.equal(server.seen.length, 6);
  });

  it('lets one probe through and refuses the others that come with it', async () => {
    const { server, read, answering, clock } = await serve();
    answering(status(500));
    for (let i = 0; i < 5; i++) await read();
    clock.advance(1_000);
    let finish: () => void = () => undefined;
    answering(async (request, response, raw) => {
      await new Promise<void>((resolve) => (finish = resolve));
      return OK(request, response, raw);
    });
    const probe = read();
    await server.arrived(6);
    const others = await Promise.all([read(), read()].map(async (one) => failed(await one).code));
    assert.deepEqual(others, ['endpoint-circuit-open', 'endpoint-circuit-open']);
    finish();
    assert.equal((await probe).ok, true);
    assert.equal(server.seen.length, 6);
  });

  it('does not take refusals of single requests for an outage', async () => {
    const { read, answering, health } = await serve();
    answering(status(404));
    for (let i = 0; i < 30; i++) assert.equal(failed(await read()).code, 'fhir-not-found');
    assert.equal(health().circuit, 'closed');
  });

  it('leaves the whole endpoint alone for as long as one answer asks, then calls for who waits', async () => {
    const { server, read, answering, health, clock, ready } = await serve();
    answering(status(429, { 'retry-after': '30' }));
    assert.equal(failed(await read()).retryAfterMs, 30_000);
    answering(OK);
    clock.advance(10_000);
    assert.deepEqual(failed(await read()), {
      code: 'endpoint-asked-to-wait',
      kind: 'throttled',
      retryAfterMs: 20_000,
      waitsFor: { endpoint: 'ehr', held: false },
    });
    assert.deepEqual([server.seen.length, health().pausedUntil, health().limit], [1, clock.now() + 20_000, 4]);
    assert.equal(health().circuit, 'closed', 'it answers');
    ready.length = 0;
    clock.advance(20_000);
    assert.deepEqual(ready, [8]);
    assert.equal((await read()).ok, true);
    assert.equal(health().pausedUntil, null);
  });

  it('serves stat before bulk in line, in order within a lane, and bulk all the same', async () => {
    const { server, readIn, answering, health } = await serve(1);
    const seen: string[] = [];
    const waiting: (() => void)[] = [];
    answering((request, response, raw) => {
      seen.push(request.url.split('/').at(-1) ?? '');
      waiting.push(() => void OK(request, response, raw));
    });
    const calls = [readIn('routine', 'first')];
    while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    for (const lane of LANES.toReversed())
      for (let nth = 1; nth <= 20; nth++) calls.push(readIn(lane, `${lane}-${nth}`));
    while (health().waiting < 80) await new Promise((resolve) => setTimeout(resolve, 1));
    for (let served = 0; served < calls.length; served++) {
      while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
      waiting.shift()?.();
    }
    const results = await Promise.all(calls);
    assert.ok(results.every(({ ok }) => ok));
    assert.equal(server.seen.length, 81);
    const order = seen.slice(1);
    const of = (lane: Lane): string[] => order.filter((id) => id.startsWith(lane));
    for (const lane of LANES)
      assert.deepEqual(
        of(lane),
        Array.from({ length: 20 }, (_, i) => `${lane}-${i + 1}`),
      );
    const places = order.slice(0, 30).map((id) => id.split('-')[0]);
    const count = (lane: Lane): number => places.filter((one) => one === lane).length;
    assert.deepEqual([count('stat'), count('urgent'), count('routine'), count('bulk')], [16, 8, 4, 2]);
  });

  it('refuses nobody in a hurry because the line of the others is full', async () => {
    const { readIn, answering, health, server } = await serve(1);
    const waiting: (() => void)[] = [];
    answering((request, response, raw) => void waiting.push(() => void OK(request, response, raw)));
    const calls = Array.from({ length: 1001 }, () => readIn('bulk', '1'));
    while (health().waiting < 1000) await new Promise((resolve) => setImmediate(resolve));
    const late = await readIn('bulk', '2');
    assert.equal(failed(late).code, 'endpoint-busy');
    const urgent = readIn('stat', '3');
    while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
    answering(OK);
    waiting.shift()?.();
    assert.ok((await urgent).ok);
    assert.ok(server.seen.length < 10, 'before the others');
    await Promise.all(calls);
  });

  it('gives a server that fails under load fewer calls at once, and more again as it recovers', async () => {
    const { read, answering, health } = await serve(8);
    answering(status(503));
    await Promise.all([read(), read()]);
    assert.equal(health().limit, 4, 'halved once for both');
    answering(OK);
    let most = 0;
    let now = 0;
    answering(async (request, response, raw) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now--;
      return OK(request, response, raw);
    });
    await Promise.all(Array.from({ length: 60 }, read));
    assert.equal(health().limit, 8);
    assert.ok(most <= 8, `${most} at once`);
  });

  it('sends nothing while an operator has stopped it, and calls for who waits when it goes on', async () => {
    const { server, read, hold, clock, ready } = await serve();
    hold({ until: null });
    assert.deepEqual(failed(await read()), {
      code: 'endpoint-held',
      kind: 'throttled',
      retryAfterMs: 300_000,
      waitsFor: { endpoint: 'ehr', held: true },
    });
    hold({ until: clock.now() + 7_000 });
    assert.equal(failed(await read()).retryAfterMs, 7_000);
    assert.equal(server.seen.length, 0);
    assert.deepEqual(ready, []);
    hold(undefined);
    assert.deepEqual(ready, [16]);
    assert.equal((await read()).ok, true);
  });

  it('stops what stands in line when the circuit opens before its turn', async () => {
    const { server, read, answering, health } = await serve(1);
    answering(status(500));
    const codes = (await Promise.all(Array.from({ length: 12 }, read))).map((one) => failed(one).code);
    assert.equal(codes.filter((code) => code === 'endpoint-circuit-open').length, 7);
    assert.equal(server.seen.length, 5);
    assert.deepEqual([health().inFlight, health().waiting], [0, 0]);
  });
});
