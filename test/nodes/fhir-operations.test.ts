/** `fhir read` and `fhir write` beyond create and read, against a server that goes wrong where a test says so. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'mocha';
import { FhirSimulator } from '../kit/fhir-simulator.ts';
import { adt } from '../kit/hl7-messages.ts';
import { ends, frame, node, usePalette, type Settled } from '../kit/palette-runtime.ts';

describe('fhir read and fhir write on one that goes wrong', () => {
  let server: FhirSimulator;
  before(async () => {
    server = await FhirSimulator.start({ pageSize: 2 });
  });
  after(() => server.close());
  beforeEach(() => server.mend());
  const runtime = usePalette(async () => ({ ehr: server.base }));
  let sent = 0;
  // Each of a patient of its own: a dead letter holds up what is of the same.
  const next = (): string => adt('A03', `N${++sent}`, `N${sent}`);
  const run = async (...flow: readonly object[]): Promise<Settled> => {
    await runtime.deploy({ flow: [...frame('first'), ...flow] });
    return runtime.sendAndSettle(next(), ['done', 'dead', 'waiting']);
  };
  const read = (more: object, to = 'say'): object =>
    node('first', 'fhir read', { endpoint: 'c-ehr', resourceType: 'Task', ...more }, [to], ['none']);
  const write = (more: object, id = 'first', to = 'say'): object =>
    node(id, 'fhir write', { effect: id, endpoint: 'c-ehr', resourceType: 'Task', ...more }, [to]);
  const say = (text: string, id = 'say'): object =>
    node(id, 'audit log', { text: `$string(${text})`, textKind: 'jsonata', finish: true });
  const none = say('"none " & $string(fhir.status) & " " & $string(fhir.gone)', 'none');
  const said = async ({ id }: Settled): Promise<unknown> =>
    (await runtime.engine.store.audit.list({ messageId: id, type: 'flow.noted' })).map(
      ({ details }) => details['text'],
    )[0];
  const json = async (settled: Settled): Promise<unknown> => JSON.parse(String(await said(settled))) as unknown;
  const task = (more: object = {}): string =>
    server.put({ resourceType: 'Task', status: 'requested', intent: 'order', ...more });
  const notes = ({ work }: Settled): string =>
    (work[0]?.attempts[0]?.steps ?? []).map(({ note }) => note ?? '').join('|');

  describe('reading', () => {
    it('gives one version, by a field of its own or as the reference names it', async () => {
      const reference = task();
      server.change(reference, { status: 'accepted' });
      const versions = { operation: 'vread', reference, referenceKind: 'str' };
      assert.equal(
        await said(
          await run(read({ ...versions, version: '1', versionKind: 'str' }), say('fhir.resource.status'), none),
        ),
        'requested',
      );
      const named = { ...versions, reference: `${reference}/_history/2` };
      assert.equal(await said(await run(read(named), say('fhir.resource.status'), none)), 'accepted');
      assert.deepEqual(ends(await run(read(versions), say('"written"'), none)), ['dead permanent expression-empty']);
    });

    it('gives the history, newest first, with deletions, and says that more is there', async () => {
      const reference = task();
      server.change(reference, { status: 'accepted' });
      server.change(reference, { status: 'completed' });
      const history = { operation: 'history', reference, referenceKind: 'str' };
      const settled = await run(
        read(history),
        say(
          '{"states": fhir.versions.resource.status, "versions": fhir.versions.version, "more": fhir.more, "total": fhir.total}',
        ),
        none,
      );
      assert.deepEqual(await json(settled), {
        states: ['completed', 'accepted'],
        versions: ['3', '2'],
        more: true,
        total: 3,
      });
      assert.match(notes(settled), /Task: 2 versions, more on the server \(3 in all\)/);
      server.remove(reference);
      const all = await run(
        read({ ...history, maxPages: 5 }),
        say('{"deleted": fhir.versions.deleted, "newest": fhir.resource, "more": fhir.more}'),
        none,
      );
      assert.deepEqual(await json(all), { deleted: [true, false, false, false], newest: null, more: false });
    });

    it('leaves one audit record for each item: which definition read what where and how much of it, and no value', async () => {
      server.put({ resourceType: 'Patient', id: 'read-one', birthDate: '1970-01-01' });
      const references = [task({ status: 'rejected' }), task({ status: 'rejected' }), task({ status: 'rejected' })];
      const search = {
        operation: 'search',
        maxPages: 5,
        parameters: [{ name: 'status', value: 'rejected', kind: 'str' }],
      };
      const second = node(
        'second',
        'fhir read',
        { endpoint: 'c-ehr', resourceType: 'Patient', reference: 'Patient/read-one', referenceKind: 'str' },
        ['say'],
      );
      const reference = { reference: references[0], referenceKind: 'str' };
      const before = server.requests.length;
      const settled = await run(
        read(reference, 'again'),
        node('again', 'fhir read', { endpoint: 'c-ehr', resourceType: 'Task', ...search }, ['second']),
        second,
        say('"x"'),
        none,
      );
      assert.deepEqual(ends(settled), ['done']);
      assert.ok(server.requests.length - before >= 4, 'pages of two');
      const records = await runtime.engine.store.audit.list({ messageId: settled.id, type: 'fhir.read' });
      const [one, ...more] = records;
      assert.deepEqual(more, []);
      const count = Number(one?.details['count']);
      assert.ok(count >= 4);
      assert.deepEqual(one?.details, { what: `${count - 1} ehr/Task, 1 ehr/Patient`, count });
      assert.deepEqual([one.actor, one.definition], ['flow:lab', 'lab']);
      assert.equal(JSON.stringify(one).includes('1970'), false);
      const failed = await run(read({ reference: 'Task/never', referenceKind: 'str' }), say('"x"'), none);
      const [looked] = await runtime.engine.store.audit.list({ messageId: failed.id, type: 'fhir.read' });
      assert.deepEqual(looked?.details, { what: '0 ehr/Task', count: 0, endpoint: 'ehr', type: 'Task' });
    });

    it('refuses a time without a zone, and asks for nothing', async () => {
      const before = server.requests.length;
      const history = { operation: 'history', reference: 'Task/1', referenceKind: 'str' };
      const since = { since: '2026-01-05', sinceKind: 'str' };
      assert.deepEqual(ends(await run(read({ ...history, ...since }), say('"written"'), none)), [
        'dead permanent time-wrong',
      ]);
      assert.equal(server.requests.length, before);
    });

    it('tells what was deleted from what never was', async () => {
      const gone = task();
      server.remove(gone);
      const by = (reference: string, more: object): object => read({ reference, referenceKind: 'str', ...more });
      assert.deepEqual(ends(await run(by(gone, {}), say('"written"'), none)), ['dead permanent fhir-deleted']);
      assert.deepEqual(ends(await run(by('Task/never', {}), say('"written"'), none)), [
        'dead permanent fhir-nothing-found',
      ]);
      assert.equal(await said(await run(by(gone, { notFound: 'output' }), say('"written"'), none)), 'none 410 true');
      assert.equal(
        await said(await run(by('never', { notFound: 'output' }), say('"written"'), none)),
        'none 404 false',
      );
    });

    it('searches by what FHIRPath reads of the resource before, and says what is left', async () => {
      const patient = server.put({ resourceType: 'Patient', identifier: [{ system: 'urn:example', value: 'X-1' }] });
      for (let made = 0; made < 3; made++) task({ for: { reference: patient }, status: 'on-hold' });
      const searching = {
        endpoint: 'c-ehr',
        operation: 'search',
        resourceType: 'Task',
        parameters: [
          {
            name: 'status',
            value: "iif(identifier.where(system = 'urn:example').exists(), 'on-hold', 'none')",
            kind: 'fhirpath',
          },
          { name: 'owner', value: 'managingOrganization.reference', kind: 'fhirpath' },
        ],
      };
      const settled = await run(
        read({ resourceType: 'Patient', reference: patient, referenceKind: 'str' }, 'search'),
        node('search', 'fhir read', searching, ['say']),
        say('{"count": $count(fhir.resources), "more": fhir.more}'),
        none,
      );
      assert.deepEqual(await json(settled), { count: 2, more: true });
      assert.match(notes(settled), /Task: 2 found, more on the server/);
      const both = ['none', 'on-hold'].map((value) => ({ name: 'status', value, kind: 'str' }));
      const range = { ...searching, parameters: both, notFound: 'output' };
      const nothing = await run(read(range), say('"found"'), none);
      assert.match(String(await said(nothing)), /^none/, 'one name in two rows: both are to be met');
    });
  });

  describe('patching', () => {
    const patch = (reference: string, ...steps: readonly object[]): object =>
      write({ operation: 'patch', reference, referenceKind: 'str', patchBy: 'rows', steps });
    const set = (path: string, value: string): object => ({ do: 'set', path, value, kind: 'str' });
    const append = (path: string, value: string): object => ({ do: 'append', path, value, kind: 'jsonata' });
    const held = (reference: string): Readonly<Record<string, unknown>> =>
      JSON.parse(server.textOf(reference)) as Readonly<Record<string, unknown>>;

    it('changes single places with the version that was read, and leaves the others', async () => {
      const reference = task({ description: 'old', note: [{ text: 'first' }] });
      const sentOff = await run(
        patch(
          reference,
          set('status', 'accepted'),
          set('businessStatus.text', 'seen'),
          append('note', '{"text": "second"}'),
          { do: 'remove', path: '/description', value: '', kind: 'str' },
          { do: 'set', path: 'owner', value: 'nothing.here', kind: 'jsonata' },
        ),
        say('fhir.status'),
      );
      assert.deepEqual(ends(sentOff), ['done']);
      const { status, businessStatus, note, description, owner, intent } = held(reference);
      assert.deepEqual(
        { status, businessStatus, note, description, owner, intent },
        {
          status: 'accepted',
          businessStatus: { text: 'seen' },
          note: [{ text: 'first' }, { text: 'second' }],
          description: undefined,
          owner: undefined,
          intent: 'order',
        },
      );
      const [last] = server.writes.slice(-1);
      assert.equal(last?.method, 'PATCH');
      assert.match(last?.headers['if-match'] ?? '', /"1"/);
    });

    it('is made anew of what is there when somebody else was faster', async () => {
      const reference = task();
      let release = (): void => undefined;
      server.fault(
        { method: 'PATCH', times: 1 },
        { kind: 'wait-before', until: new Promise<void>((resolve) => (release = resolve)) },
      );
      const before = server.requests.length;
      await runtime.deploy({
        flow: [...frame('first'), patch(reference, append('note', '{"text": "ours"}')), say('"written"')],
      });
      const id = await runtime.send(next());
      await server.arrived(before + 2);
      server.change(reference, { note: [{ text: 'theirs' }] });
      release();
      assert.deepEqual(ends({ id, work: await runtime.settled(id) }), ['done']);
      assert.deepEqual(held(reference)['note'], [{ text: 'theirs' }, { text: 'ours' }]);
    });

    it('adds to a list once, also when the answer is lost', async () => {
      const reference = task();
      server.fault({ method: 'PATCH', times: 1 }, { kind: 'lose-answer' });
      const settled = await run(patch(reference, append('note', '{"text": "ours"}')), say('"written"'));
      assert.deepEqual(ends(settled), ['done']);
      assert.deepEqual(held(reference)['note'], [{ text: 'ours' }]);
    });

    it('writes nothing unless what is expected is there, or where a step has no place', async () => {
      const reference = task();
      const before = server.writes.length;
      const only = { do: 'test', path: 'status', value: 'accepted', kind: 'str' };
      assert.deepEqual(ends(await run(patch(reference, only, set('status', 'completed')), say('"written"'))), [
        'dead permanent fhir-patch-differs',
      ]);
      assert.deepEqual(ends(await run(patch(reference, set('note[3].text', 'x')), say('"written"'))), [
        'dead permanent fhir-patch-step',
      ]);
      assert.deepEqual(ends(await run(patch(reference, set('status', 'requested')), say('"written"'))), ['done']);
      assert.equal(server.writes.length, before);
    });

    it('takes the steps of an expression that can be repeated, and no others', async () => {
      const reference = task();
      const given = (resource: string): object =>
        write({ operation: 'patch', reference, referenceKind: 'str', patchBy: 'expression', resource });
      assert.deepEqual(
        ends(await run(given('[{"op": "add", "path": "/note/-", "value": {"text": event.name}}]'), say('"written"'))),
        ['done'],
      );
      assert.equal((held(reference)['note'] as readonly unknown[]).length, 1);
      for (const wrong of [
        '[{"op": "move", "from": "/note/0", "path": "/note/1"}]',
        '[{"op": "add", "path": "/note/0", "value": {"text": "x"}}]',
        '[{"op": "replace", "path": "/id", "value": "x"}]',
        '"text"',
      ])
        assert.deepEqual(ends(await run(given(wrong), say('"written"'))), ['dead permanent fhir-patch-wrong'], wrong);
    });
  });

  describe('what the intent says under sends', () => {
    const sending = async (sends: object, ...flow: readonly object[]): Promise<Settled> => {
      await runtime.deploy({ flow: [...frame('first'), ...flow], intent: { sends: { ehr: sends } } });
      return runtime.sendAndSettle(next(), ['done', 'dead', 'waiting']);
    };
    const RESOURCE = '{ "status": "requested", "intent": "order", "description": "not for them" }';

    it('is what is sent; what was taken out is told in the trace', async () => {
      const settled = await sending(
        { Task: ['identifier', 'status', 'intent'] },
        write({ resource: RESOURCE }),
        say('{"removed": fhir.removed, "status": fhir.status}'),
      );
      assert.deepEqual(await json(settled), { removed: ['Task.description'], status: 201 });
      assert.match(notes(settled), /not sent: Task\.description/);
      assert.equal(server.stored('Task').at(-1)?.['description'], undefined);
    });

    it('refuses a type that is not named, for good', async () => {
      const before = server.writes.length;
      assert.deepEqual(ends(await sending({ Flag: ['status'] }, write({ resource: RESOURCE }), say('"x"'))), [
        'dead permanent fhir-not-in-sends',
      ]);
      assert.equal(server.writes.length, before);
    });
  });

  describe('transactions', () => {
    const BUNDLE = `{ "resourceType": "Bundle", "type": "transaction", "entry": [
      { "fullUrl": "urn:uuid:3f9d2c4e-0000-4000-8000-000000000001",
        "resource": { "resourceType": "Task", "status": "requested", "intent": "plan", "description": event.name },
        "request": { "method": "POST", "url": "Task" } },
      { "resource": { "resourceType": "Flag", "status": "active", "code": { "text": "x" },
                      "subject": { "reference": "Patient/1" }, "identifier": [{ "value": "f" }] },
        "request": { "method": "POST", "url": "Flag" } }] }`;
    const transaction = (resource = BUNDLE): object => write({ operation: 'transaction', resource });

    it('write all entries, tell what became of each, and do it once', async () => {
      const [tasks, flags] = [server.stored('Task').length, server.stored('Flag').length];
      const settled = await run(
        transaction(),
        say('{"status": fhir.entries.status, "types": fhir.entries.($split(reference, "/")[0])}'),
      );
      assert.deepEqual(await json(settled), { status: [201, 201], types: ['Task', 'Flag'] });
      assert.deepEqual([server.stored('Task').length, server.stored('Flag').length], [tasks + 1, flags + 1]);
    });

    it('are not sent again where an answer was lost and all is there', async () => {
      const flags = server.stored('Flag').length;
      server.fault({ method: 'POST', type: '', times: 1 }, { kind: 'lose-answer' });
      const first = await run(transaction(), say('$count(fhir.entries)'));
      if (ends(first)[0] !== 'done') {
        runtime.clock.advance(3_600_000);
        assert.deepEqual(ends({ ...first, work: await runtime.settled(first.id) }), ['done']);
      }
      assert.equal(server.stored('Flag').length, flags + 1);
    });

    it('are refused where they are none', async () => {
      for (const wrong of [
        '{ "resourceType": "Task" }',
        '{ "resourceType": "Bundle", "type": "batch", "entry": [{}] }',
      ])
        assert.deepEqual(ends(await run(transaction(wrong), say('"written"'))), ['dead permanent fhir-bundle-wrong']);
    });
  });
});
