import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { FhirSimulator } from '../kit/fhir-simulator.ts';
import { endpointTo, failure, KEY, short, TASK, type EndpointUnderTest } from './kit.ts';

describe('a FHIR server that asks for a moment', () => {
  const open: (FhirSimulator | EndpointUnderTest)[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  const serve = async (more: Parameters<typeof endpointTo>[1] = {}) => {
    const server = await FhirSimulator.start();
    const under = endpointTo(server.base, more);
    open.push(under, server);
    server.put({ ...TASK, id: 'a' });
    /** Moves the time on when so many requests were refused and the endpoint waits. */
    const pass = async (requests: number, ms: number): Promise<void> => {
      await server.arrived(requests);
      while (under.ehr.health().pausedUntil === null) await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
      under.clock.advance(ms);
    };
    return { server, pass, ...under };
  };

  it('gets it, within the call, and no read or write is done twice', async () => {
    for (const status of [429, 503]) {
      const { server, ehr, pass } = await serve();
      server.fault({ times: 1 }, { kind: 'status', status, retryAfter: 1 });
      const made = ehr.createOnce(TASK, KEY);
      await pass(1, 1_250);
      assert.equal((await made).ok, true);
      assert.equal(server.stored('Task').length, 2);
      assert.equal(server.requests.length, 2);
    }
  });

  it('is asked at most twice more', async () => {
    const { server, ehr, pass } = await serve();
    server.fault({}, { kind: 'status', status: 429, retryAfter: 1 });
    const read = ehr.read('Task', 'a');
    for (const requests of [1, 2]) await pass(requests, 1_250);
    assert.equal(short(await read), 'throttled fhir-throttled');
    assert.equal(server.requests.length, 3);
  });

  it('is left to the queue where it asks for longer, and where the time of the call is over before', async () => {
    const long = await serve();
    long.server.fault({}, { kind: 'status', status: 429, retryAfter: 3 });
    assert.deepEqual(failure(await long.ehr.read('Task', 'a')).retryAfterMs, 3_000);
    assert.equal(long.server.requests.length, 1);
    const late = await serve({ deadlineMs: 1_000 });
    late.server.fault({}, { kind: 'status', status: 429, retryAfter: 2 });
    const read = late.ehr.read('Task', 'a');
    await late.pass(1, 1_000);
    assert.equal(short(await read), 'throttled fhir-throttled');
    assert.equal(late.server.requests.length, 1);
  });

  it('is not asked again for what it may have done', async () => {
    const { server, ehr } = await serve();
    server.fault({ method: 'POST' }, { kind: 'status', status: 503 });
    assert.equal(short(await ehr.createOnce(TASK, KEY)), 'ambiguous fhir-answer-lost');
    assert.deepEqual(
      server.requests.map(({ method }) => method),
      ['POST', 'GET'],
    );
  });
});
