import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { parseBindings, readConfig } from '../../engine/index.ts';
import { startSandbox, type Sandbox } from '../../demo/sandbox-fhir/start-sandbox.ts';
import { startFaultyProxy, type LocalHttpServer } from '../kit/local-http-server.ts';
import { ends, frame, node, usePalette, type Settled } from '../kit/palette-runtime.ts';
import { adt, oru, potassium } from '../kit/hl7-messages.ts';

const RESOURCE = '{ "status": "requested", "intent": "order", "description": event.name }';
const write = (more: object = {}): object =>
  node(
    'write',
    'fhir write',
    { effect: 'task', endpoint: 'c-ehr', resourceType: 'Task', resource: RESOURCE, ...more },
    ['next'],
  );
const note = (text: string): object => node('next', 'audit log', { text, textKind: 'jsonata', finish: true });

describe('fhir write and fhir read', () => {
  let sandbox: Sandbox;
  let proxy: LocalHttpServer;
  let fault: Parameters<typeof startFaultyProxy>[1] = () => 'pass';
  before(async () => {
    sandbox = await startSandbox({ port: 0 });
    proxy = await startFaultyProxy(new URL(sandbox.url).origin, (request) => fault(request));
  });
  after(async () => {
    await proxy.close();
    await sandbox.close();
  });
  const { leftOut } = parseBindings(
    '{"kind":"bindings","format":1,"feeds":{},"endpoints":{"spoilt":{"base":"https://ehr.example.org","auth":{"kind":"bearer"}}}}',
    readConfig({}),
  );
  const runtime = usePalette(async () => ({ ehr: `${proxy.origin}/fhir` }), { leftOut });
  const run = async (
    body: string,
    flow: readonly object[],
    states?: readonly ('done' | 'dead' | 'waiting')[],
  ): Promise<Settled> => {
    await runtime.deploy({ flow: [...frame('write'), ...flow] });
    return runtime.sendAndSettle(body, states ?? ['done', 'dead', 'waiting']);
  };
  const tasks = (): number => sandbox.counts()['Task'] ?? 0;
  const noted = async ({ id }: Settled): Promise<unknown> =>
    (await runtime.engine.store.audit.list({ messageId: id, type: 'flow.noted' })).map(
      ({ details }) => details['text'],
    )[0];
  const failFirst = (method: string, what: ReturnType<typeof fault>): void => {
    let left = 1;
    fault = (request) => (request.method === method && left-- > 0 ? what : 'pass');
  };

  it('creates a resource with our identifier and puts the outcome on the message', async () => {
    fault = () => 'pass';
    const before = tasks();
    const sent = await run(adt('A03', 'F1', 'F1'), [
      write(),
      note(
        '$string(fhir.status) & " " & (fhir.reference = "Task/" & fhir.id) & " " & fhir.repeated & " " & fhir.resource.identifier[0].system',
      ),
    ]);
    assert.deepEqual(ends(sent), ['done']);
    assert.equal(await noted(sent), '201 true false urn:wardflow:effect');
    assert.equal(tasks(), before + 1);
    const [effect] = await runtime.engine.store.effects.ofMessage(sent.id);
    assert.deepEqual([effect?.state, effect?.name, effect?.target], ['done', 'task', 'ehr: create Task']);
  });

  it('writes one resource for each event of a message', async () => {
    const before = tasks();
    const sent = await run(
      oru({ controlId: 'F2', patient: 'F2', observations: [potassium('4'), potassium('7', 'HH')] }),
      [write({ finish: true }), note('""')],
    );
    assert.deepEqual(ends(sent), ['done']);
    assert.equal(tasks(), before + 3);
  });

  it('does not write again what was written before a redelivery', async () => {
    const before = tasks();
    const sent = await run(
      adt('A03', 'F3', 'F3'),
      [write(), node('next', 'message failed', { failureClass: 'transient' })],
      ['waiting'],
    );
    await runtime.deploy({
      flow: [...frame('write'), write(), note('$string(fhir.repeated) & " " & fhir.resource.status')],
    });
    runtime.clock.advance(3_600_000);
    assert.deepEqual(ends({ ...sent, work: await runtime.settled(sent.id) }), ['done']);
    assert.equal(await noted(sent), 'true requested');
    assert.equal(tasks(), before + 1);
  });

  it('is tried again after a 503, and finds what a lost answer had written', async () => {
    const before = tasks();
    failFirst('POST', { refuse: 503 });
    const sent = await run(adt('A03', 'F4', 'F4'), [write({ finish: true }), note('""')]);
    assert.deepEqual(ends(sent), ['waiting ambiguous fhir-answer-lost']);
    failFirst('POST', 'lose-answer');
    runtime.clock.advance(3_600_000);
    assert.deepEqual(ends({ ...sent, work: await runtime.settled(sent.id) }), ['done']);
    assert.equal(tasks(), before + 1);
  });

  it('waits as told by a server that is busy, and gives up on what it refuses', async () => {
    failFirst('POST', { refuse: 429, headers: { 'retry-after': '30' } });
    const told = await run(adt('A03', 'F5', 'F5'), [write({ finish: true }), note('""')]);
    assert.deepEqual(ends(told), ['waiting throttled fhir-throttled']);
    // The endpoint asks nothing of that server before then, whoever wants it.
    runtime.clock.advance(60_000);
    assert.deepEqual(ends({ ...told, work: await runtime.settled(told.id) }), ['done']);
    failFirst('POST', { refuse: 422 });
    assert.deepEqual(ends(await run(adt('A03', 'F6', 'F6'), [write({ finish: true }), note('""')])), [
      'dead permanent fhir-invalid',
    ]);
  });

  it('changes the elements given and leaves the others, and does nothing where nothing differs', async () => {
    fault = () => 'pass';
    const change = (id: string, to: string): object =>
      node(
        id,
        'fhir write',
        {
          effect: id,
          endpoint: 'c-ehr',
          operation: 'update',
          resourceType: 'Task',
          reference: 'fhir.reference',
          resource: '{ "status": "accepted", "description": null }',
        },
        [to],
      );
    const sent = await run(adt('A03', 'F7', 'F7'), [
      write(),
      { ...change('next', 'same') },
      change('same', 'say'),
      node('say', 'audit log', {
        text: 'fhir.resource.status & " " & $exists(fhir.resource.description) & " " & fhir.resource.intent & " " & fhir.resource.meta.versionId',
        textKind: 'jsonata',
        finish: true,
      }),
    ]);
    assert.deepEqual(ends(sent), ['done']);
    const versions = String(await noted(sent)).split(' ');
    assert.deepEqual(versions.slice(0, 3), ['accepted', 'false', 'order']);
    assert.equal(proxy.seen.filter(({ method }) => method === 'PUT').length, 1);
  });

  it('refuses an expression that gives another type, no object, or nothing', async () => {
    const one = async (controlId: string, resource: string): Promise<readonly string[]> =>
      ends(await run(adt('A03', controlId, controlId), [write({ resource }), note('""')]));
    assert.deepEqual(await one('F8', '{ "resourceType": "Patient" }'), ['dead permanent resource-type-differs']);
    assert.deepEqual(await one('F9', '"text"'), ['dead permanent expression-kind']);
    assert.deepEqual(await one('F10', 'nothing.here'), ['dead permanent expression-empty']);
    assert.deepEqual(await one('F11', '$error("EXAMPLE^ALEX")'), ['dead permanent expression-failed']);
  });

  it('says that an endpoint is not bound', async () => {
    await runtime.deploy({
      flow: [
        ...frame('write'),
        { id: 'c-other', type: 'wardflow-fhir-endpoint', name: 'other' },
        write({ endpoint: 'c-other' }),
        note('""'),
      ],
    });
    assert.deepEqual(ends(await runtime.sendAndSettle(adt('A03', 'F12', 'F12'))), ['dead permanent endpoint-unbound']);
  });

  it('says why an endpoint is left out, keeps the message, and goes on with the others', async () => {
    fault = () => 'pass';
    assert.match(
      runtime.engine.leftOut[0]?.text ?? '',
      /"spoilt" is left out.*endpoints\.spoilt\.auth lacks "credential"/,
    );
    const flow = (id: string, more: object): Promise<Settled> =>
      run(adt('A03', id, id), [
        { id: 'c-other', type: 'wardflow-fhir-endpoint', name: 'spoilt' },
        write({ ...more, finish: true }),
        note('""'),
      ]);
    const sent = await flow('F13', { endpoint: 'c-other' });
    assert.deepEqual(ends(sent), ['dead permanent endpoint-left-out']);
    assert.match(sent.work[0]?.failure?.text ?? '', /endpoints\.spoilt\.auth lacks "credential"/);
    assert.ok(
      runtime.statuses.some(({ id, fill, text }) => id === 'write' && fill === 'red' && text === 'endpoint-left-out'),
      'said at the node before a message comes',
    );
    assert.deepEqual(ends(await flow('F14', {})), ['done']);
  });

  describe('reading', () => {
    const read = (more: object): object =>
      node('write', 'fhir read', { endpoint: 'c-ehr', resourceType: 'Task', ...more }, ['next'], ['none']);
    const none = node('none', 'audit log', {
      text: '"none " & $string(fhir.resource)',
      textKind: 'jsonata',
      finish: true,
    });
    const search = {
      operation: 'search',
      parameters: [
        { name: 'status', value: 'requested', kind: 'str' },
        { name: 'intent', value: 'nothing.here', kind: 'jsonata' },
      ],
    };

    it('reads by reference and finds by search', async () => {
      const sent = await run(adt('A03', 'L1', 'L1'), [
        read(search),
        none,
        note('$string(fhir.total > 0) & " " & fhir.resource.status & " " & $string($count(fhir.resources) > 1)'),
      ]);
      assert.equal(await noted(sent), 'true requested true');
      const found = await run(adt('A03', 'L2', 'L2'), [
        node('write', 'fhir read', { endpoint: 'c-ehr', resourceType: 'Task', ...search }, ['byid']),
        node('byid', 'fhir read', { endpoint: 'c-ehr', resourceType: 'Task', reference: 'fhir.reference' }, ['next']),
        note('$string(fhir.status) & " " & fhir.resource.status'),
      ]);
      assert.equal(await noted(found), '200 requested');
    });

    it('treats nothing found as the node says: an error, the second output, or go on', async () => {
      const missing = { reference: '"Task/none-such"' };
      assert.deepEqual(ends(await run(adt('A03', 'L3', 'L3'), [read(missing), note('""'), none])), [
        'dead permanent fhir-nothing-found',
      ]);
      assert.equal(
        await noted(
          await run(adt('A03', 'L4', 'L4'), [read({ ...missing, notFound: 'output' }), note('"found"'), none]),
        ),
        'none null',
      );
      assert.equal(
        await noted(
          await run(adt('A03', 'L5', 'L5'), [
            read({ ...missing, notFound: 'go-on' }),
            note('"on " & $string(fhir.status)'),
            none,
          ]),
        ),
        'on 404',
      );
    });

    it('asks nothing when every parameter comes out empty', async () => {
      const seen = proxy.seen.length;
      const parameters = [{ name: 'identifier', value: 'nothing.here', kind: 'jsonata' }];
      assert.deepEqual(
        ends(await run(adt('A03', 'L6', 'L6'), [read({ operation: 'search', parameters }), note('""'), none])),
        ['dead permanent expression-empty'],
      );
      assert.equal(proxy.seen.length, seen);
    });
  });
});
