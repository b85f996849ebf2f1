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

  describe('by what they are about', () => {
    const about = '"visit-" & $substring(payload.fields.`MSH-10`, 0, 2)';
    const all = note('said', 'task.outcome & " " & $count(tasks) & " " & $join(tasks.(outcome & "/" & state), " ")');
    const send = async (controlId: string, ...flow: readonly object[]): Promise<Settled> => {
      await runtime.deploy({ checklists: [bed], flow: [...frame('task'), ...flow, all] });
      return runtime.sendAndSettle(adt('A03', controlId, controlId));
    };
    const close = (more: object = {}): object => update({ mode: 'cancel', reason: 'Moved on', about, ...more });

    it('closes what earlier messages have made, and neither its own nor what is about something else', async () => {
      const first = await send('V1-1', task({ about }), { ...said, id: 'update' });
      const elsewhere = await send('V2-1', task({ about }), { ...said, id: 'update' });
      const second = await send('V1-2', task({ about }), close());
      assert.deepEqual(await notes(second), ['done 1 done/cancelled']);
      assert.equal((await made(first)).state, 'cancelled');
      assert.equal((await made(second)).state, 'requested', 'its own stays');
      assert.equal((await made(elsewhere)).state, 'requested');
      const stored = JSON.stringify(await made(first));
      assert.ok(!stored.includes('visit-V1'), 'what it is about is kept as a hash');
    });

    it('does the same when it is delivered again', async () => {
      const first = await send('V3-1', task({ about }), { ...said, id: 'update' });
      const fails = node('said', 'function', { func: 'throw new Error("once");', outputs: 1 }, ['done']);
      await runtime.deploy({ flow: [...frame('task'), task({ about }), close(), fails] });
      const sent = await runtime.sendAndSettle(adt('A03', 'V3-2', 'V3-2'));
      await runtime.deploy({ flow: [...frame('task'), task({ about }), close(), all] });
      const audit = { at: runtime.clock.now(), type: 'work.redriven', actor: 'user:ana', details: {} };
      await runtime.engine.store.work.redrive(sent.work[0]?.id ?? '', runtime.clock.now(), audit);
      runtime.engine.dispatcher.wake();
      await runtime.settled(sent.id, ['done']);
      assert.deepEqual(await notes(sent), ['already 1 already/cancelled']);
      assert.equal((await made(sent)).state, 'requested');
      assert.equal((await made(first)).state, 'cancelled');
    });

    it('leaves alone what a later message has made, and what has ended otherwise', async () => {
      await runtime.deploy({ flow: [...frame('task'), node('task', 'switch', {}, ['done']), all] });
      const early = await runtime.sendAndSettle(adt('A03', 'V4-1', 'V4-1'));
      runtime.clock.advance(1000);
      const late = await send('V4-2', task({ about }), { ...said, id: 'update' });
      const audit = { at: runtime.clock.now(), type: 'work.redriven', actor: 'user:ana', details: {} };
      await runtime.deploy({ flow: [...frame('update'), close(), all] });
      await runtime.engine.store.work.redrive(early.work[0]?.id ?? '', runtime.clock.now(), audit);
      runtime.engine.dispatcher.wake();
      await runtime.settled(early.id, ['done']);
      assert.deepEqual(await notes(early), ['unknown 0']);
      await runtime.engine.tasks.take((await made(late)).id, 1, 'reject', ANA, { code: 'other', text: null });
      await runtime.deploy({ flow: [...frame('update'), close({ mode: 'complete' }), all] });
      const after = await runtime.sendAndSettle(adt('A03', 'V4-3', 'V4-3'));
      assert.deepEqual(await notes(after), ['not-possible 1 not-possible/rejected']);
    });

    it('finds them with what they carry, and changes nothing', async () => {
      const first = await send('V5-1', task({ about, carry: ['topic'] }), { ...said, id: 'update' });
      const tell = note(
        'said',
        'task.outcome & " " & tasks[0].carry.topic & " " & (tasks[0].messageId = wardflow.messageId)',
      );
      await runtime.deploy({ flow: [...frame('update'), update({ mode: 'find', about }), tell] });
      const sent = await runtime.sendAndSettle(adt('A03', 'V5-2', 'V5-2'));
      assert.match(String((await notes(sent))[0]), /^found \S+ false$/);
      assert.deepEqual(await timeline(await made(first)), ['created']);
    });
  });

  it('takes the checklist that an expression names', async () => {
    const sent = await run(
      'U13',
      task({ checklist: '"be" & "d"', checklistKind: 'jsonata' }),
      update({ mode: 'comment', comment: 'Seen' }),
    );
    assert.deepEqual(
      (await made(sent)).parts.map(({ id }) => id),
      ['clean'],
    );
    const none = await run(
      'U14',
      task({ checklist: 'decision.none', checklistKind: 'jsonata' }),
      update({ mode: 'comment', comment: 'Seen' }),
    );
    assert.deepEqual((await made(none)).parts, []);
    const wrong = await run(
      'U15',
      task({ checklist: '"other"', checklistKind: 'jsonata' }),
      update({ mode: 'comment', comment: 'Seen' }),
    );
    assert.match(ends(wrong).join(), /checklist-unknown/);
  });
});
