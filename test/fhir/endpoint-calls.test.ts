import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import type { FhirResource, FhirResult } from '../../engine/index.ts';
import { FhirSimulator, type SimulatorOptions } from '../kit/fhir-simulator.ts';
import { endpointTo, KEY, short, TASK, type EndpointUnderTest } from './kit.ts';

const resourceOf = (result: FhirResult): FhirResource => {
  assert.ok(result.ok, result.ok ? '' : result.failure.code);
  assert.ok(result.answer.resource);
  return result.answer.resource;
};
const entriesOf = (result: FhirResult): readonly Record<string, Record<string, unknown>>[] =>
  resourceOf(result)['entry'] as Record<string, Record<string, unknown>>[];

describe('what a FHIR endpoint can be asked', () => {
  const open: (FhirSimulator | EndpointUnderTest)[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  const serve = async (options: SimulatorOptions = {}, more: Parameters<typeof endpointTo>[1] = {}) => {
    const server = await FhirSimulator.start(options);
    const under = endpointTo(server.base, more);
    open.push(under, server);
    return { server, ...under };
  };

  describe('versions', () => {
    it('gives one version, and says not found and gone', async () => {
      const { server, ehr } = await serve();
      server.put({ ...TASK, id: 'a' });
      server.change('Task/a', { status: 'ready' });
      assert.equal(resourceOf(await ehr.vread('Task', 'a', '1'))['status'], 'requested');
      assert.equal(short(await ehr.vread('Task', 'a', '9')), 'permanent fhir-not-found');
      server.remove('Task/a');
      assert.equal(short(await ehr.vread('Task', 'a', '3')), 'permanent fhir-gone');
      assert.equal(short(await ehr.read('Task', 'a')), 'permanent fhir-gone');
      assert.equal(ehr.health().state, 'up');
    });

    it('refuses versions that would change the address', async () => {
      const { server, ehr } = await serve();
      for (const version of ['', '.', '..', '../1', '1?x', '1/2', 'x'.repeat(65)])
        assert.equal(short(await ehr.vread('Task', 'a', version)), 'permanent fhir-version-invalid');
      assert.equal(server.requests.length, 0);
    });

    it('gives the history of one and of a type, newest first, over pages, since a time', async () => {
      let now = Date.UTC(2026, 0, 5);
      const { server, ehr } = await serve({ pageSize: 2, now: () => (now += 1000) });
      for (const id of ['a', 'b']) server.put({ ...TASK, id });
      server.change('Task/a', { status: 'ready' });
      server.remove('Task/a');
      const methods = (result: FhirResult): unknown[] => entriesOf(result).map(({ request }) => request?.['method']);
      assert.deepEqual(methods(await ehr.history('Task', 'a')), ['DELETE', 'PUT', 'POST']);
      assert.deepEqual(methods(await ehr.history('Task', null)), ['DELETE', 'PUT', 'POST', 'POST']);
      const since = new Date(now - 1000).toISOString();
      assert.deepEqual(methods(await ehr.history('Task', null, { since })), ['DELETE', 'PUT']);
      const first = await ehr.history('Task', null, { maxPages: 1 });
      assert.equal(entriesOf(first).length, 2);
      assert.match(JSON.stringify(resourceOf(first)['link']), /"next"/, 'nobody takes it for complete');
    });
  });

  describe('patching', () => {
    const ready = (current: FhirResource) =>
      current['status'] === 'ready' ? null : [{ op: 'replace', path: '/status', value: 'ready' } as const];

    it('sends JSON Patch on the version that it read', async () => {
      const { server, ehr } = await serve();
      server.put({ ...TASK, id: 'a' });
      assert.equal(resourceOf(await ehr.patch('Task', 'a', ready))['status'], 'ready');
      const [patch] = server.writes;
      assert.deepEqual(
        [patch?.method, patch?.headers['if-match'], patch?.headers['content-type']],
        ['PATCH', 'W/"1"', 'application/json-patch+json'],
      );
    });

    it('reads again and makes the patch anew on 412 and on 409', async () => {
      for (const conflict of [412, 409] as const) {
        const { server, ehr } = await serve({ conflict });
        server.put({ ...TASK, id: 'a' });
        let faster = true;
        const seen: unknown[] = [];
        const result = await ehr.patch('Task', 'a', (current) => {
          seen.push(current['description']);
          if (faster) server.change('Task/a', { description: 'by somebody else' });
          faster = false;
          return ready(current);
        });
        assert.deepEqual(seen, [undefined, 'by somebody else']);
        assert.equal(resourceOf(result)['description'], 'by somebody else');
        assert.equal(server.versions('Task/a'), 3);
      }
    });

    it('sees its own patch after a lost answer and writes no second version', async () => {
      const { server, ehr } = await serve();
      server.put({ ...TASK, id: 'a' });
      server.fault({ method: 'PATCH' }, { kind: 'lose-answer' });
      assert.equal(resourceOf(await ehr.patch('Task', 'a', ready))['status'], 'ready');
      assert.equal(server.versions('Task/a'), 2);
      assert.equal(server.writes.length, 1);
    });

    it('does nothing where there is nothing to do, and refuses what has no version', async () => {
      const { server, ehr } = await serve();
      server.put({ ...TASK, id: 'a', status: 'ready' });
      assert.equal((await ehr.patch('Task', 'a', ready)).ok, true);
      assert.equal((await ehr.patch('Task', 'a', () => [])).ok, true);
      server.fault({ method: 'GET' }, { kind: 'version', says: 'none' });
      const change = await ehr.patch('Task', 'a', () => [{ op: 'remove', path: '/intent' }]);
      assert.equal(short(change), 'permanent fhir-no-version');
      assert.equal(server.writes.length, 0);
    });

    it('does not overwrite where the server says another version than it has', async () => {
      const { server, ehr } = await serve();
      server.put({ ...TASK, id: 'a' });
      server.fault({ method: 'GET' }, { kind: 'version', says: 'wrong' });
      assert.equal(short(await ehr.patch('Task', 'a', ready)), 'transient fhir-conflict');
      assert.equal(server.versions('Task/a'), 1);
    });
  });

  describe('deleting', () => {
    it('deletes the version that was meant, and takes what is not there for deleted', async () => {
      const { server, ehr } = await serve();
      server.put({ ...TASK, id: 'a' });
      server.change('Task/a', { status: 'ready' });
      assert.equal(short(await ehr.remove('Task', 'a', '1')), 'transient fhir-conflict');
      assert.equal(server.stored('Task').length, 1);
      assert.equal((await ehr.remove('Task', 'a', '2')).ok, true);
      assert.equal((await ehr.remove('Task', 'a')).ok, true);
      assert.equal((await ehr.remove('Task', 'never')).ok, true);
      server.fault({ method: 'DELETE' }, { kind: 'status', status: 404 });
      assert.equal((await ehr.remove('Task', 'elsewhere')).ok, true);
    });

    it('looks after a lost answer whether it happened', async () => {
      const { server, ehr } = await serve();
      for (const id of ['a', 'b']) server.put({ ...TASK, id });
      server.fault({ method: 'DELETE', path: /a$/ }, { kind: 'lose-answer' });
      server.fault({ method: 'DELETE', path: /b$/ }, { kind: 'reset' });
      assert.equal((await ehr.remove('Task', 'a')).ok, true);
      assert.equal(short(await ehr.remove('Task', 'b')), 'ambiguous fhir-answer-lost');
    });
  });

  describe('operations and capabilities', () => {
    it('asks operations of a type and of an instance, encoded', async () => {
      const { server, ehr } = await serve();
      server.operations.set('$events', (request, on) => ({
        status: 200,
        body: { resourceType: 'Bundle', type: 'history', on, since: request.query.get('eventsSinceNumber') },
      }));
      const answer = await ehr.operation('$events', { type: 'Subscription', id: 's1' }, { eventsSinceNumber: '4&x=1' });
      assert.deepEqual(resourceOf(answer)['on'], { type: 'Subscription', id: 's1' });
      assert.equal(resourceOf(answer)['since'], '4&x=1');
      assert.equal((await ehr.operation('$events', { type: 'Subscription' })).ok, true);
      assert.equal(server.requests[1]?.url, '/fhir/Subscription/$events');
      for (const name of ['events', '$', '$a/b', '$../x', '$a?b'])
        assert.equal(short(await ehr.operation(name, { type: 'Task' })), 'permanent fhir-operation-invalid');
      assert.equal(server.requests.length, 2);
    });

    it('asks for the capability statement once an hour, however many want it', async () => {
      const { server, ehr, clock } = await serve();
      const all = await Promise.all(Array.from({ length: 10 }, () => ehr.capabilities()));
      assert.equal(
        all.every((one) => resourceOf(one)['fhirVersion'] === '4.0.1'),
        true,
      );
      clock.advance(3_599_999);
      await ehr.capabilities();
      assert.equal(server.requests.length, 1);
      clock.advance(1);
      await ehr.capabilities();
      assert.equal(server.requests.length, 2);
    });

    it('keeps no failure in place of the capability statement, and takes none that is too large', async () => {
      const { server, ehr } = await serve({}, { maxAnswerBytes: 100_000 });
      server.fault({ type: 'metadata', times: 1 }, { kind: 'status', status: 404 });
      server.fault({ type: 'metadata', times: 1 }, { kind: 'huge', bytes: 200_000 });
      assert.equal(short(await ehr.capabilities()), 'permanent fhir-not-found');
      assert.equal(short(await ehr.capabilities()), 'permanent fhir-answer-too-large');
      assert.equal((await ehr.capabilities()).ok, true);
    });
  });

  describe('what has no identifier', () => {
    it('a Provenance carries our key as a tag, and is made once', async () => {
      const { server, ehr } = await serve();
      const provenance = { resourceType: 'Provenance', meta: { tag: [{ system: 'urn:site', code: 'x' }] } };
      const first = resourceOf(await ehr.createOnce(provenance, KEY));
      const again = resourceOf(await ehr.createOnce(provenance, KEY));
      assert.equal(first.id, again.id);
      server.fault({ method: 'POST' }, { kind: 'lose-answer' });
      const other = { ...KEY, value: 'other' };
      assert.equal((await ehr.createOnce(provenance, other)).ok, true);
      assert.equal((await ehr.createOnce(provenance, other, { lookFirst: true })).ok, true);
      assert.equal(server.stored('Provenance').length, 2);
      assert.deepEqual((first['meta'] as { tag: unknown }).tag, [
        { system: 'urn:site', code: 'x' },
        { system: KEY.system, code: KEY.value },
      ]);
    });
  });
});
