import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { startSandbox, type Sandbox } from '../../demo/sandbox-fhir/start-sandbox.ts';
import type { TaskActor, WorkflowTask } from '../../engine/index.ts';
import { eventually } from '../kit/eventually.ts';
import { adt } from '../kit/hl7-messages.ts';
import { ends, frame, node, usePalette, type Settled } from '../kit/palette-runtime.ts';

const ANA: TaskActor = { actor: 'user:ana', via: 'console' };
const WHY = { code: 'moved', text: null };
const bed = {
  kind: 'checklist',
  format: 1,
  name: 'bed',
  owner: { name: 'Bed management', contact: 'beds@example.org' },
  items: [
    { id: 'clean', text: 'Bed cleaned', role: 'cleaner', due: 'PT1H', compensate: 'Call the cleaner off' },
    { id: 'ready', text: 'Bed ready', after: ['clean'] },
  ],
};
const note = (id: string, text: string): object => node(id, 'audit log', { text, textKind: 'jsonata', finish: true });
const task = (more: object = {}): object =>
  node(
    'task',
    'task create',
    { task: 'follow-up', title: 'Call the patient', role: 'nurse', unit: '"4b"', unitKind: 'jsonata', ...more },
    ['made'],
    ['changed'],
  );
const branches = [
  note('made', '"made " & task.state & " " & task.outcome'),
  note(
    'changed',
    '"changed " & change.state & " by " & change.by & " " & $join(change.compensate, ",") & " " & event.name & " " & payload.controlId',
  ),
];

describe('task create', () => {
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
  const start = async (controlId: string, flow: readonly object[]): Promise<Settled> => {
    await runtime.deploy({
      checklists: [bed],
      flow: [...frame('task'), ...flow],
      intent: { serviceLine: 'Surgery' },
    });
    return runtime.sendAndSettle(adt('A03', controlId, controlId));
  };
  const made = async ({ id }: Settled): Promise<WorkflowTask> => {
    const { tasks } = await runtime.engine.store.tasks.list({ messageId: id });
    return tasks[0] ?? assert.fail('there is no task');
  };

  it('says where its copy is, what that may say, and whom it is for, as far as the message tells', async () => {
    const given = (id: string, set: string): object =>
      node(id, 'function', { func: `${set}; return msg;`, outputs: 1 }, ['real']);
    const copied = { ...task({ endpoint: 'c-ehr', focus: 'fhir.reference' }), id: 'real' };
    const copyOf = async (controlId: string, set: string) =>
      (await made(await start(controlId, [given('task', set), copied, ...branches]))).copy;
    const whole = await copyOf(
      'KC1',
      "msg.patient = { reference: 'Patient/1', display: 'Jane' }; msg.fhir = { reference: 'DiagnosticReport/7' }",
    );
    assert.deepEqual(
      [whole?.for, whole?.focus, whole?.encounter],
      [{ reference: 'Patient/1' }, { reference: 'DiagnosticReport/7' }, null],
    );
    const by = await copyOf(
      'KC2',
      "msg.patient = { system: 'urn:mrn', value: '4711' }; msg.fhir = { reference: '../../x' }",
    );
    assert.deepEqual([by?.for, by?.focus], [{ identifier: { system: 'urn:mrn', value: '4711' } }, null]);
    assert.equal((await copyOf('KC3', 'msg.patient = 7'))?.for, null, 'the task is made all the same');
  });

  it('gives somebody the task, with all that its lists and reports go by', async () => {
    const sent = await start('K1', [
      task({ priority: 'stat', due: 'PT4H', checklist: 'bed', code: 'call-back' }),
      ...branches,
    ]);
    assert.deepEqual(ends(sent), ['done']);
    assert.deepEqual(await notes(sent), ['made requested created']);
    const now = runtime.clock.now();
    const { id: _id, createdAt, dueAt, parts, ...rest } = await made(sent);
    assert.deepEqual(
      [rest.name, rest.code, rest.title, rest.priority, rest.assigned, rest.serviceLine, rest.state],
      [
        'follow-up',
        'call-back',
        'Call the patient',
        'stat',
        { role: 'nurse', unit: '4b', person: null },
        'Surgery',
        'requested',
      ],
    );
    assert.equal((dueAt ?? 0) - createdAt, 4 * 3_600_000);
    assert.ok(now - createdAt < 60_000);
    assert.deepEqual(
      parts.map((part) => [part.id, part.role, part.dueAt, part.after, part.state]),
      [
        ['clean', 'cleaner', createdAt + 3_600_000, [], 'open'],
        ['ready', null, null, ['clean'], 'open'],
      ],
    );
  });

  it('tells the flow of each later state, who took it there, and what is owed after a cancel', async () => {
    const sent = await start('K2', [task({ checklist: 'bed' }), ...branches]);
    const { tasks } = runtime.engine;
    let now = await made(sent);
    now = await tasks.claim(now.id, now.version, 'ana', ANA);
    now = await tasks.setPart(now.id, now.version, 'clean', 'done', ANA);
    await tasks.take(now.id, now.version, 'cancel', ANA, WHY);
    await eventually('both changes', async () => {
      runtime.catchUp();
      return (await notes(sent)).length >= 3;
    });
    assert.deepEqual((await notes(sent)).slice(1).map(String).toSorted(), [
      'changed accepted by user:ana  patient.discharged K2',
      'changed cancelled by user:ana Call the cleaner off patient.discharged K2',
    ]);
  });

  it('finds the task of an earlier delivery again', async () => {
    const fails = node('made', 'function', { func: 'throw new Error("once");', outputs: 1 }, ['done']);
    const first = await start('K3', [task(), fails, branches[1] ?? {}]);
    assert.deepEqual(ends(first), ['dead permanent flow-error']);
    const [dead] = first.work;
    assert.ok(dead);
    await runtime.deploy({ flow: [...frame('task'), task(), ...branches] });
    const audit = { at: runtime.clock.now(), type: 'work.redriven', actor: 'user:ana', details: {} };
    await runtime.engine.store.work.redrive(dead.id, runtime.clock.now(), audit);
    runtime.engine.dispatcher.wake();
    await runtime.settled(first.id, ['done']);
    assert.deepEqual(await notes(first), ['made requested exists']);
    const { tasks } = await runtime.engine.store.tasks.list({ messageId: first.id });
    assert.equal(tasks.length, 1);
  });

  it('makes one for each part that is told apart, and none for nobody', async () => {
    const twice = node('task', 'function', { func: 'return [[{ ...msg, n: 1 }, { ...msg, n: 2 }]];', outputs: 1 }, [
      'real',
    ]);
    const real = { ...task({ discriminator: 'n', title: '"Call " & n', titleKind: 'jsonata' }), id: 'real' };
    const sent = await start('K4', [twice, real, ...branches]);
    const { tasks } = await runtime.engine.store.tasks.list({ messageId: sent.id });
    assert.deepEqual(tasks.map(({ title }) => title).toSorted(), ['Call 1', 'Call 2']);
    const nobody = task({ role: 'nothing.there', roleKind: 'msg', unit: '' });
    assert.deepEqual(ends(await start('K5', [nobody, ...branches])), ['dead permanent task-nobody']);
  });

  it('makes the task whatever its title and priority come to, and refuses a due time that is none', async () => {
    const broken = task({ title: '$number("x")', titleKind: 'jsonata', priority: '"soon"', priorityKind: 'jsonata' });
    const now = await made(await start('K6', [broken, ...branches]));
    assert.deepEqual([now.title, now.priority], ['follow-up', 'routine']);
    const late = task({ due: '"tomorrow"', dueKind: 'jsonata' });
    assert.deepEqual(ends(await start('K7', [late, ...branches])), ['dead permanent time-wrong']);
  });
});
