import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { FhirSimulator } from '../../governance/scenarios/fhir-simulator.ts';

const TASK = { resourceType: 'Task', status: 'requested', identifier: [{ system: 'urn:a', value: '1' }] };

describe('the FHIR server of a scenario', () => {
  let simulator: FhirSimulator;
  let now: number;
  const ask = (path: string, method = 'GET', body?: object, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${simulator.base}/${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });

  beforeEach(async () => {
    now = Date.UTC(2026, 0, 1);
    simulator = await FhirSimulator.start(() => now);
  });
  afterEach(() => simulator.close());

  it('creates once under a condition, finds by identifier and by element', async () => {
    const first = await ask('Task', 'POST', TASK, { 'if-none-exist': 'identifier=urn:a%7C1' });
    assert.equal(first.status, 201);
    assert.equal((await ask('Task', 'POST', TASK, { 'if-none-exist': 'identifier=urn:a%7C1' })).status, 200);
    assert.equal(simulator.all('Task').length, 1);
    const total = async (query: string): Promise<unknown> =>
      ((await (await ask(`Task?${query}`)).json()) as { readonly total: unknown }).total;
    assert.equal(await total('identifier=urn:a%7C1'), 1);
    assert.equal(await total('identifier=urn:b%7C1'), 0);
    assert.equal(await total('status=requested'), 1);
    assert.equal((await ask('Task?_has:x=1')).status, 400);
  });

  it('stamps with the clock of the scenario and refuses an outdated version', async () => {
    await ask('Task', 'POST', TASK);
    now += 60_000;
    assert.equal((await ask('Task/1', 'PUT', TASK, { 'if-match': 'W/"1"' })).status, 200);
    assert.equal((await ask('Task/1', 'PUT', TASK, { 'if-match': 'W/"1"' })).status, 412);
    assert.deepEqual(simulator.all()[0]?.['meta'], { versionId: '2', lastUpdated: '2026-01-01T00:01:00.000Z' });
  });

  it('loses an answer after it has acted, as often as told', async () => {
    await simulator.setFault({ kind: 'lost-answer', times: 1, method: 'POST' });
    assert.equal((await ask('Task')).status, 200);
    assert.equal(simulator.faultUnmet, true);
    await assert.rejects(ask('Task', 'POST', TASK));
    assert.equal(simulator.all('Task').length, 1);
    assert.equal(simulator.faultUnmet, false);
    assert.equal((await ask('Task', 'POST', TASK)).status, 201);
  });

  it('throttles with Retry-After and fails with a status, and does nothing then', async () => {
    await simulator.setFault({ kind: 'throttle', retryAfter: 120 });
    const throttled = await ask('Task', 'POST', TASK);
    assert.deepEqual([throttled.status, throttled.headers.get('retry-after')], [429, '120']);
    await simulator.setFault({ kind: 'status', status: 503, type: 'Task' });
    assert.equal((await ask('Task', 'POST', TASK)).status, 503);
    assert.equal((await ask('Communication', 'POST', { resourceType: 'Communication' })).status, 201);
    assert.equal(simulator.all('Task').length, 0);
  });

  it('refuses connections while it is down, and is back at the same place', async () => {
    const { base } = simulator;
    await simulator.setFault({ kind: 'down' });
    await assert.rejects(
      ask('Task'),
      (error: Error & { cause?: { code?: string } }) => error.cause?.code === 'ECONNREFUSED',
    );
    await simulator.setFault({ kind: 'none' });
    assert.equal(simulator.base, base);
    assert.equal((await ask('Task')).status, 200);
  });

  it('keeps a request without an answer until it is given up', async () => {
    await simulator.setFault({ kind: 'timeout', times: 1 });
    const given = new AbortController();
    const asked = fetch(`${simulator.base}/Task`, { signal: given.signal });
    asked.catch(() => undefined);
    while (simulator.held === 0) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(simulator.serving, 0);
    given.abort();
    await assert.rejects(asked);
    while (simulator.held > 0) await new Promise((resolve) => setImmediate(resolve));
  });
});
