/** The way to an endpoint, over a real server: what is not sent, what is told, and when it goes on. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { createFhirEndpoints, ManualClock, silentLog, type FhirResult } from '../../engine/index.ts';
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
