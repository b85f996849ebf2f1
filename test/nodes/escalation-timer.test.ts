import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { startSandbox, type Sandbox } from '../../demo/sandbox-fhir/start-sandbox.ts';
import type { ConsoleNotice } from '../../engine/index.ts';
import { eventually } from '../kit/eventually.ts';
import { ends, frame, node, usePalette, type Settled } from '../kit/palette-runtime.ts';
import { adt, oru, potassium } from '../kit/hl7-messages.ts';

const MINUTE = 60_000;
const ladder = {
  kind: 'ladder',
  format: 1,
  name: 'call-back',
  owner: { name: 'Ward', contact: 'ward@example.org' },
  steps: [
    { after: 'PT10M', to: { role: 'charge-nurse' }, channel: 'console', text: 'Please answer' },
    { after: 'PT30M', to: { role: 'physician' }, channel: 'page', text: 'Not answered yet' },
  ],
  stopOn: ['acknowledged', 'completed', 'cancelled'],
  exhausted: 'fallback',
};
const note = (id: string, text: string): object => node(id, 'audit log', { text, textKind: 'jsonata', finish: true });
const timer = (more: object = {}): object =>
  node(
    'timer',
    'escalation timer',
    { escalation: 'answer', ladder: 'call-back', title: 'Discharge not answered', ...more },
    ['started'],
    ['due'],
    ['ended'],
  );
const branches: readonly [object, object, object] = [
  note('started', '"started " & escalation.state & " " & $string(escalation.step)'),
  note(
    'due',
    '"due " & $string(escalation.step) & " " & escalation.to & " " & escalation.channel & " " & event.name & " " & payload.controlId & " " & escalation.dueAt',
  ),
  note('ended', '"ended " & escalation.state & " by " & escalation.by & " via " & escalation.via'),
];

describe('escalation timer', () => {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox({ port: 0 });
  });
  after(() => sandbox.close());
  const runtime = usePalette(async () => ({ ehr: sandbox.url }));
  const notes = async ({ id }: Settled): Promise<unknown[]> =>
    (await runtime.engine.store.audit.list({ messageId: id, type: 'flow.noted', order: 'oldest-first' })).map(
      ({ details }) => details['text'],
    );
  const comes = (sent: Settled, count: number): Promise<void> =>
    eventually(`${count} notes`, async () => {
      runtime.catchUp();
      return (await notes(sent)).length >= count;
    });
  const start = async (
    controlId: string,
    flow: readonly object[],
    states?: readonly ('done' | 'dead' | 'waiting')[],
  ): Promise<Settled> => {
    await runtime.deploy({ ladders: [ladder], flow: [...frame('timer'), ...flow] });
    return runtime.sendAndSettle(adt('A03', controlId, controlId), states);
  };

  it('tells step by step, with what the message carried, and the console itself', async () => {
    const told: ConsoleNotice[] = [];
    const stop = runtime.engine.live.subscribe((change) => {
      if (change.kind === 'notice') told.push(change.notice);
    });
    const sent = await start('T1', [timer(), ...branches]);
    assert.deepEqual(ends(sent), ['done']);
    assert.deepEqual(await notes(sent), ['started open null']);
    const begun = runtime.clock.now();
    runtime.clock.advance(10 * MINUTE);
    await comes(sent, 2);
    runtime.clock.advance(20 * MINUTE);
    await comes(sent, 3);
    const at = (minutes: number): string => new Date(begun + minutes * MINUTE).toISOString();
    assert.deepEqual((await notes(sent)).slice(1), [
      `due 1 charge-nurse console patient.discharged T1 ${at(10)}`,
      `due 2 physician page patient.discharged T1 ${at(30)}`,
    ]);
    stop();
    assert.deepEqual(
      told.map(({ to, text, messageId }) => [to, text, messageId]),
      [['charge-nurse', 'Please answer', sent.id]],
    );
    const effects = await runtime.engine.store.effects.ofMessage(sent.id);
    assert.deepEqual(
      effects.map(({ name, target, state }) => [name, target, state]),
      [['answer.notice', 'console: notice', 'done']],
    );
  });

  it('ends when somebody takes the task of its message over, and takes it over for who answers', async () => {
    const flow = [
      node('timer', 'task create', { task: 'call', title: 'Call', role: 'nurse' }, ['real'], ['changed']),
      { ...timer(), id: 'real' },
      ...branches,
      note('changed', '"task " & change.state & " by " & change.by'),
    ];
    const { store, tasks, escalations } = runtime.engine;
    const of = async ({ id }: Settled) => {
      const [escalation] = await store.escalations.list({ messageId: id });
      const [task] = (await store.tasks.list({ messageId: id })).tasks;
      assert.ok(escalation && task);
      assert.equal(escalation.task, task.id);
      return { escalation, task };
    };
    const sent = await start('TK1', flow);
    await tasks.claim((await of(sent)).task.id, 1, 'ana', { actor: 'user:ana', via: 'console' });
    await comes(sent, 3);
    assert.deepEqual((await notes(sent)).map(String).toSorted(), [
      'ended acknowledged by user:ana via console',
      'started open null',
      'task accepted by user:ana',
    ]);
    const answered = await start('TK2', flow);
    await escalations.acknowledge((await of(answered)).escalation.id, { actor: 'user:ben', via: 'console' });
    await comes(answered, 3);
    assert.equal((await of(answered)).task.assigned.person, 'ben');
    const alone = flow.map((one, place) => (place === 1 ? { ...timer({ task: '' }), id: 'real' } : one));
    const unlinked = await start('TK3', alone);
    assert.equal((await store.escalations.list({ messageId: unlinked.id }))[0]?.task, undefined);
  });

  it('runs in the lane that the decision gave, or in the lane of its message', async () => {
    const decided = (lane: string): object =>
      node('timer', 'function', { func: `msg.decision = { outputs: { lane: "${lane}" } }; return msg;`, outputs: 1 }, [
        'real',
      ]);
    const lanesOf = async (controlId: string, flow: readonly object[]): Promise<unknown[]> => {
      const sent = await start(controlId, flow);
      runtime.clock.advance(10 * MINUTE);
      await comes(sent, 2);
      const [escalation] = await runtime.engine.store.escalations.list({ messageId: sent.id });
      return [escalation?.lane, ...(await runtime.engine.store.work.ofMessage(sent.id)).map(({ lane }) => lane)];
    };
    const real = { ...timer(), id: 'real' };
    assert.deepEqual(await lanesOf('L1', [decided('stat'), real, ...branches]), ['stat', 'routine', 'stat']);
    assert.deepEqual(await lanesOf('L2', [decided('soon'), real, ...branches]), ['routine', 'routine', 'routine']);
    assert.deepEqual(await lanesOf('L3', [timer(), ...branches]), ['routine', 'routine', 'routine']);
    const fixed = timer({ lane: 'urgent', laneKind: 'str' });
    assert.deepEqual(await lanesOf('L4', [fixed, ...branches]), ['urgent', 'routine', 'urgent']);
  });

  it('starts however long the text of a result is, and says what its steps got cut', async () => {
    const text = 'positive blood culture '.repeat(9000).slice(0, 200 * 1024);
    const long = oru({ controlId: 'T9', patient: 'T9', observations: [potassium('7.1')] }).replace(
      'NM|2823-3^Potassium^LN||7.1',
      `ST|600-7^Culture^LN||${text}`,
    );
    const told = note(
      'due',
      '$join(carryCut, ",") & " " & event.data.code & " " & $string($contains(event.data.valueText, "[cut: 65536 characters]")) & " " & $string($length(payload.fields.`OBX-5`))',
    );
    await runtime.deploy({ ladders: [ladder], flow: [...frame('timer'), timer(), branches[0], told, branches[2]] });
    const sent = await runtime.sendAndSettle(long);
    assert.deepEqual(ends(sent), ['done']);
    const [escalation] = await runtime.engine.store.escalations.list({ messageId: sent.id });
    assert.equal(escalation?.state, 'open');
    runtime.clock.advance(10 * MINUTE);
    await comes(sent, 2);
    assert.deepEqual((await notes(sent)).slice(1), ['event 600-7 true 204800']);
  });

  it('starts without a title that could not be made', async () => {
    const broken = timer({ title: '$number("not a number")', titleKind: 'jsonata' });
    const sent = await start('T10', [broken, ...branches]);
    const [escalation] = await runtime.engine.store.escalations.list({ messageId: sent.id });
    assert.deepEqual([escalation?.state, escalation?.title], ['open', 'answer']);
  });

  it('says who ended it, and tells nobody after that', async () => {
    const sent = await start('T2', [timer(), ...branches]);
    const [escalation] = await runtime.engine.store.escalations.list({ messageId: sent.id });
    await runtime.engine.escalations.acknowledge(escalation?.id ?? '', { actor: 'user:ana', via: 'console' });
    await comes(sent, 2);
    runtime.clock.advance(60 * MINUTE);
    await runtime.settled(sent.id);
    assert.deepEqual((await notes(sent)).slice(1), ['ended acknowledged by user:ana via console']);
  });

  it('is one escalation however often its message is delivered', async () => {
    const failing = node('started', 'message failed', { failureClass: 'transient' });
    const sent = await start('T3', [timer(), failing, ...branches.slice(1)], ['waiting']);
    await runtime.deploy({ ladders: [ladder], flow: [...frame('timer'), timer(), ...branches] });
    runtime.clock.advance(5 * MINUTE);
    await comes(sent, 1);
    assert.equal((await runtime.engine.store.escalations.list({ messageId: sent.id })).length, 1);
  });

  it('is one for all messages about a fact while it is open, found by others, and begun anew after its end', async () => {
    const fact = 'event.data.visit.number';
    const about = timer({ fact, title: '"About it"', titleKind: 'jsonata' });
    const found = node('found', 'escalation timer', { mode: 'find', escalation: 'answer', fact }, ['say']);
    const say = note(
      'say',
      '"found " & (escalation.id ? escalation.state & " " & escalation.carry.event.name : "none")',
    );
    const fork = { ...frame('timer')[2], wires: [['timer', 'found']] };
    const flow = [
      ...frame('timer').filter((one) => (one as { id: string }).id !== 'in'),
      fork,
      about,
      found,
      say,
      ...branches,
    ];
    const visit = (controlId: string, unit: string): string => adt('A03', controlId, 'T12', unit);
    await runtime.deploy({ ladders: [ladder], flow });
    const open = async ({ id }: Settled): Promise<string[]> =>
      (await runtime.engine.store.escalations.list({ messageId: id })).map(({ state }) => state);
    const said = async (sent: Settled): Promise<unknown> => (await notes(sent)).map(String).toSorted();
    const first = await runtime.sendAndSettle(visit('T12a', '4W'));
    assert.deepEqual([await open(first), await said(first)], [['open'], ['found none', 'started open null']]);
    const second = await runtime.sendAndSettle(visit('T12b', '5W'));
    const joined = ['found open patient.discharged', 'started open null'];
    assert.deepEqual([await open(second), await said(second)], [[], joined]);
    const [escalation] = await runtime.engine.store.escalations.list({ messageId: first.id });
    await runtime.engine.escalations.acknowledge(escalation?.id ?? '', { actor: 'user:ana', via: 'console' });
    const third = await runtime.sendAndSettle(visit('T12c', '6W'));
    assert.deepEqual(await open(third), ['open']);
    assert.ok((await notes(third)).includes('found acknowledged patient.discharged'));
    await runtime.settled(first.id);
  });

  it('is found with what people heard since, also of a message that died, and with whether they heard at all', async () => {
    const steps = [
      { after: 'PT0S', to: { role: 'nurse' }, channel: 'page', text: 'Please answer' },
      { after: 'PT30M', to: { role: 'nurse' }, channel: 'console', text: 'Please answer' },
    ];
    const fact = '"the fact"';
    const flow = (last: object): object[] => [
      ...frame('found'),
      node('found', 'escalation timer', { mode: 'find', escalation: 'answer', fact }, ['which']),
      // The first starts it; all others tell people about it.
      node(
        'which',
        'switch',
        {
          property: 'escalation.id',
          propertyType: 'msg',
          checkall: 'false',
          outputs: 2,
          rules: [{ t: 'null' }, { t: 'else' }],
        },
        ['timer'],
        ['say'],
      ),
      timer({ fact, ladder: 'at-once' }),
      note('started', '"started"'),
      node('due', 'message failed', { failureClass: 'permanent', reason: 'no pager' }),
      note('ended', '"ended"'),
      {
        ...note('say', '"toldSince " & escalation.toldSince & ", untold " & escalation.untold'),
        finish: false,
        wires: [['tell']],
      },
      node(
        'tell',
        'console notice',
        {
          effect: 'changed',
          to: 'nurse',
          text: 'It changed',
          discriminator: 'escalation.id & "/" & payload.controlId',
        },
        ['last'],
      ),
      last,
    ];
    const ladders = [{ ...ladder, name: 'at-once', steps }];
    await runtime.deploy({ ladders, flow: flow(node('last', 'message done')) });
    const first = await runtime.send(adt('A03', 'T14a', 'T14'));
    await eventually('its first step died', async () => {
      runtime.catchUp();
      return (await runtime.engine.store.work.ofMessage(first)).some(({ state }) => state === 'dead');
    });
    const dying = flow(node('last', 'message failed', { failureClass: 'permanent', reason: 'refused' }));
    await runtime.deploy({ ladders, flow: dying });
    const second = await runtime.sendAndSettle(adt('A03', 'T14b', 'T14b'), ['dead']);
    assert.deepEqual(await notes(second), ['toldSince false, untold true']);
    await runtime.deploy({ ladders, flow: flow(node('last', 'message done')) });
    runtime.clock.advance(30 * MINUTE);
    await eventually('its second step told', async () => {
      runtime.catchUp();
      return (await runtime.engine.store.effects.ofMessage(first)).some(({ state }) => state === 'done');
    });
    const third = await runtime.sendAndSettle(adt('A03', 'T14c', 'T14c'));
    assert.deepEqual(await notes(third), ['toldSince true, untold false']);
  });

  it('is the same for its message however often that is delivered, also when another began since', async () => {
    const about = timer({ fact: '"one fact"' });
    const failing = node('started', 'message failed', { failureClass: 'permanent' });
    const first = await start('T13a', [about, failing, ...branches.slice(1)], ['dead']);
    const [own] = await runtime.engine.store.escalations.list({ messageId: first.id });
    await runtime.engine.escalations.acknowledge(own?.id ?? '', { actor: 'user:ana', via: 'console' });
    await runtime.deploy({ ladders: [ladder], flow: [...frame('timer'), about, ...branches] });
    const other = await runtime.sendAndSettle(adt('A03', 'T13b', 'T13b'));
    assert.equal((await runtime.engine.store.escalations.list({ messageId: other.id })).length, 1);
    const audit = { at: runtime.clock.now(), type: 'work.redriven', actor: 'user:ana', details: {}, reason: 'again' };
    const dead = first.work.find(({ state }) => state === 'dead');
    await runtime.engine.store.work.redrive(dead?.id ?? '', runtime.clock.now(), audit);
    runtime.engine.dispatcher.wake();
    runtime.clock.advance(5000);
    await runtime.settled(first.id, ['done']);
    assert.equal((await runtime.engine.store.escalations.list({ messageId: first.id })).length, 1);
    assert.ok((await notes(first)).includes('started acknowledged null'), 'its own, that ended');
  });

  it('tells nobody where the answer came between a step and its turn', async () => {
    const sent = await start('T4', [timer(), ...branches]);
    const [escalation] = await runtime.engine.store.escalations.list({ messageId: sent.id });
    await runtime.deploy({ ladders: [ladder], flow: [...frame('done')] });
    runtime.clock.advance(10 * MINUTE);
    await eventually('the step waits', async () => {
      runtime.catchUp();
      return (await runtime.engine.store.work.ofMessage(sent.id)).length === 2;
    });
    await runtime.engine.escalations.acknowledge(escalation?.id ?? '', { actor: 'user:ana', via: 'console' });
    await runtime.deploy({ ladders: [ladder], flow: [...frame('timer'), timer(), ...branches] });
    await runtime.settled(sent.id);
    assert.deepEqual((await notes(sent)).slice(1), ['ended acknowledged by user:ana via console']);
    assert.equal((await runtime.engine.store.effects.ofMessage(sent.id)).length, 0);
  });

  it('is acknowledged and cancelled from within a flow, and says when there is none', async () => {
    const end = (mode: string, to: string): object =>
      node(mode, 'escalation timer', { mode, escalation: 'answer', reason: 'Answered by telephone' }, [to]);
    const flow = [
      node(
        'timer',
        'escalation timer',
        { escalation: 'answer', ladder: 'call-back', title: 'x' },
        ['acknowledge'],
        ['due'],
        ['ended'],
      ),
      end('acknowledge', 'cancel'),
      end('cancel', 'last'),
      note('last', 'escalation.outcome & " " & escalation.reason'),
      ...branches.slice(1),
    ];
    const sent = await start('T5', flow);
    await comes(sent, 2);
    assert.deepEqual((await notes(sent)).map(String).toSorted(), [
      'already-ended Answered by telephone',
      'ended acknowledged by flow:lab via flow',
    ]);
    await runtime.deploy({
      ladders: [ladder],
      flow: [...frame('cancel'), end('cancel', 'last'), note('last', 'escalation.outcome')],
    });
    assert.deepEqual(await notes(await runtime.sendAndSettle(adt('A03', 'T6', 'T6'))), ['unknown']);
  });

  it('ends when the Task it watches is accepted', async () => {
    const sent = await start('T7', [
      node(
        'timer',
        'fhir write',
        {
          effect: 'task',
          endpoint: 'c-ehr',
          resourceType: 'Task',
          resource: '{ "status": "requested", "intent": "order" }',
        },
        ['watching'],
      ),
      { ...timer({ watchEndpoint: 'c-ehr', watch: 'fhir.reference' }), id: 'watching' },
      ...branches,
    ]);
    const [escalation] = await runtime.engine.store.escalations.list({ messageId: sent.id });
    const reference = escalation?.watch?.reference ?? '';
    assert.match(reference, /^Task\/.+/);
    await runtime.engine.endpoints
      .get('ehr')
      .update('Task', reference.slice(5), (task) => ({ ...task, status: 'accepted' }));
    runtime.clock.advance(MINUTE);
    await comes(sent, 2);
    assert.match(String((await notes(sent))[1]), /^ended acknowledged by .* via fhir-task$/);
  });

  it('makes a dead letter of a ladder that the definition does not have', async () => {
    const unknown = await start('T8', [timer({ ladder: '"none"', ladderKind: 'jsonata' }), ...branches]);
    assert.deepEqual(ends(unknown), ['dead permanent ladder-unknown']);
  });

  it('starts whatever is to be carried: lists, deep things, things that are no JSON, and too many of them', async () => {
    const func = `msg.big = Array.from({ length: 5000 }, (_, i) => ({ note: "x".repeat(100) + i }));
      msg.circle = {}; msg.circle.circle = msg.circle; msg.number = 7n;
      for (let i = 0, at = msg.deep = {}; i < 20000; i++) at = at.next = {};
      for (let i = 0; i < 14; i++) msg["p" + i] = "y".repeat(9000);
      return msg;`;
    const carry = ['big', 'circle', 'number', 'deep', 'event', ...Array.from({ length: 14 }, (_, i) => `p${i}`)];
    const made = node('timer', 'function', { func, outputs: 1 }, ['real']);
    const sent = await start('T11', [made, { ...timer({ carry }), id: 'real' }, ...branches]);
    assert.deepEqual(ends(sent), ['done']);
    const [escalation] = await runtime.engine.store.escalations.list({ messageId: sent.id });
    const kept = escalation?.carry as {
      readonly event: { readonly name: string };
      readonly carryCut: readonly string[];
    };
    assert.equal(kept.event.name, 'patient.discharged');
    assert.ok(['big', 'circle', 'number', 'deep', 'p0'].every((name) => kept.carryCut.includes(name)));
    assert.ok(!kept.carryCut.includes('event'));
    assert.ok(JSON.stringify(kept).length < 65_536);
  });
});
