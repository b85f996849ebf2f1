import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { TaskActor, TaskEvent, WorkflowTask } from '../../engine/index.ts';
import { adt } from '../kit/hl7-messages.ts';
import { ends, frame, node, usePalette, type Settled } from '../kit/palette-runtime.ts';

const ANA: TaskActor = { actor: 'user:ana', via: 'console' };
const bed = {
  kind: 'checklist',
  format: 1,
  name: 'bed',
  owner: { name: 'Bed management', contact: 'beds@example.org' },
  items: [{ id: 'clean', text: 'Bed cleaned' }],
};
const note = (id: string, text: string): object => node(id, 'audit log', { text, textKind: 'jsonata', finish: true });
const task = (more: object = {}): object =>
  node('task', 'task create', { task: 'follow-up', title: 'Call', role: 'nurse', ...more }, ['update'], ['done']);
const update = (more: object): object => node('update', 'task update', { task: 'follow-up', ...more }, ['said']);
const said = note('said', 'task.outcome & " " & task.state');

describe('task update', () => {
  const runtime = usePalette(async () => ({ ehr: 'http://127.0.0.1:9/fhir' }));
  const notes = async ({ id }: Settled): Promise<unknown[]> =>
    (await runtime.engine.store.audit.list({ messageId: id, type: 'flow.noted', order: 'oldest-first' })).map(
      ({ details }) => details['text'],
    );
  const run = async (controlId: string, ...flow: readonly object[]): Promise<Settled> => {
    await runtime.deploy({ checklists: [bed], flow: [...frame('task'), ...flow, said] });
    return runtime.sendAndSettle(adt('A03', controlId, controlId));
  };
  const made = async ({ id }: Settled): Promise<WorkflowTask> => {
    const { tasks } = await runtime.engine.store.tasks.list({ messageId: id });
    return tasks[0] ?? assert.fail('there is no task');
  };
  const timeline = async ({ id }: WorkflowTask): Promise<readonly string[]> =>
    (await runtime.engine.store.tasks.events(id)).map((event: TaskEvent) =>
      event.kind === 'step' ? `${event.step} by ${event.actor}` : event.kind,
    );

  it('completes a task by the steps that it has, and says so where it was complete before', async () => {
    const sent = await run('U1', task(), update({ mode: 'complete' }));
    assert.deepEqual(await notes(sent), ['done completed']);
    assert.deepEqual(await timeline(await made(sent)), ['created', 'start by flow:lab', 'complete by flow:lab']);
    const first = node('update', 'task update', { task: 'follow-up', mode: 'complete' }, ['again']);
    const twice = await run('U2', task(), first, { ...update({ mode: 'complete' }), id: 'again' });
    assert.deepEqual(await notes(twice), ['already completed']);
  });

  it('cancels with its reason, and does nothing to what has ended otherwise', async () => {
    const sent = await run('U3', task(), update({ mode: 'cancel', reason: 'Discharged' }));
    assert.deepEqual(await notes(sent), ['done cancelled']);
    assert.deepEqual((await made(sent)).reason, { code: 'flow', text: 'Discharged' });
    const again = node('update', 'task update', { task: 'follow-up', mode: 'cancel', reason: 'Discharged' }, ['then']);
    const then = node('then', 'task update', { task: 'follow-up', mode: 'complete' }, ['said']);
    assert.deepEqual(await notes(await run('U4', task(), again, then)), ['not-possible cancelled']);
  });

  it('says that there is no such task', async () => {
    assert.deepEqual(await notes(await run('U5', task(), update({ task: 'other', mode: 'complete' }))), [
      'unknown null',
    ]);
    const elsewhere = update({ mode: 'complete', messageId: '"none"' });
    assert.deepEqual(await notes(await run('U6', task(), elsewhere)), ['unknown null']);
  });

  it('finds the task of another message', async () => {
    const first = await run('U7', task({ discriminator: '"one"' }), { ...said, id: 'update' });
    const { id } = await made(first);
    const other = { mode: 'comment', comment: 'Moved', discriminator: '"one"', messageId: `"${first.id}"` };
    await run('U8', task({ discriminator: '"two"', task: 'second' }), update(other));
    assert.deepEqual(await timeline({ ...(await made(first)), id }), ['created', 'commented']);
  });

  it('says the same words once, however often the message is delivered', async () => {
    const fails = node('said', 'function', { func: 'throw new Error("once");', outputs: 1 }, ['done']);
    const comment = update({ mode: 'comment', comment: '"Said"', commentKind: 'jsonata' });
    await runtime.deploy({ flow: [...frame('task'), task(), comment, fails] });
    const sent = await runtime.sendAndSettle(adt('A03', 'U9', 'U9'));
    const [dead] = sent.work;
    assert.equal(dead?.state, 'dead');
    await runtime.deploy({ flow: [...frame('task'), task(), comment, said] });
    const audit = { at: runtime.clock.now(), type: 'work.redriven', actor: 'user:ana', details: {} };
    await runtime.engine.store.work.redrive(dead.id, runtime.clock.now(), audit);
    runtime.engine.dispatcher.wake();
    await runtime.settled(sent.id, ['done']);
    assert.deepEqual(await notes(sent), ['already requested']);
    assert.deepEqual(await timeline(await made(sent)), ['created', 'commented']);
  });

  it('sets a part, and completes nothing that has parts to do', async () => {
    const set = update({ mode: 'part', part: '"clean"', partKind: 'jsonata' });
    const sent = await run('U10', task({ checklist: 'bed' }), set);
    assert.deepEqual(await notes(sent), ['done requested']);
    assert.deepEqual(
      (await made(sent)).parts.map(({ state, by }) => [state, by]),
      [['done', 'flow:lab']],
    );
    const open = await run('U11', task({ checklist: 'bed' }), update({ mode: 'complete' }));
    assert.match(ends(open).join(), /^dead permanent task-/);
    assert.equal((await made(open)).state, 'requested', 'nothing was begun');
  });

  it('takes its step on what somebody else made of the task at the same moment', async () => {
    const { tasks } = runtime.engine;
    const take = tasks.take.bind(tasks);
    let raced = 0;
    Object.assign(tasks, {
      take: async (...given: Parameters<typeof take>) => {
        if (raced++ === 0) await tasks.claim(given[0], given[1], 'ana', ANA);
        return take(...given);
      },
    });
    try {
      const sent = await run('U12', task(), update({ mode: 'complete' }));
      assert.deepEqual(await notes(sent), ['done completed']);
      assert.deepEqual(await timeline(await made(sent)), [
        'created',
        'accept by user:ana',
        'start by flow:lab',
        'complete by flow:lab',
      ]);
    } finally {
      Object.assign(tasks, { take });
    }
  });
});
