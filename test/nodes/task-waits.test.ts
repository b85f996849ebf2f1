import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { TaskActor, WorkflowTask } from '../../engine/index.ts';
import { eventually } from '../kit/eventually.ts';
import { adt } from '../kit/hl7-messages.ts';
import { frame, node, usePalette, type Settled } from '../kit/palette-runtime.ts';

const MINUTE = 60_000;
const ANA: TaskActor = { actor: 'user:ana', via: 'console' };
const WHY = { code: 'not-needed', text: null };
const note = (id: string, text: string): object => node(id, 'audit log', { text, textKind: 'jsonata', finish: true });

describe('what waits for a task', () => {
  const runtime = usePalette(async () => ({ ehr: 'http://127.0.0.1:9/fhir' }));
  const notes = async ({ id }: Settled): Promise<unknown[]> =>
    (await runtime.engine.store.audit.list({ messageId: id, type: 'flow.noted', order: 'oldest-first' })).map(
      ({ details }) => details['text'],
    );
  const said = (sent: Settled): Promise<void> =>
    eventually('what waited goes on', async () => {
      runtime.catchUp();
      return (await notes(sent)).length > 0;
    });
  const run = async (controlId: string, first: string, flow: readonly object[]): Promise<Settled> => {
    await runtime.deploy({ flow: [...frame(first), ...flow] });
    return runtime.sendAndSettle(adt('A03', controlId, controlId), ['done', 'parked']);
  };
  const made = async ({ id }: Settled): Promise<WorkflowTask> => {
    const { tasks } = await runtime.engine.store.tasks.list({ messageId: id });
    return tasks[0] ?? assert.fail('there is no task');
  };
  const take = async (
    sent: Settled,
    ...steps: readonly ('start' | 'complete' | 'reject' | 'cancel')[]
  ): Promise<void> => {
    let task = await made(sent);
    for (const step of steps) task = await runtime.engine.tasks.take(task.id, task.version, step, ANA, WHY);
  };
  const parked = async ({ id }: Settled): Promise<number> =>
    (await runtime.engine.store.work.ofMessage(id)).filter(({ state }) => state === 'parked').length;

  describe('task wait', () => {
    const waiting = (more: object = {}): readonly object[] => [
      node('task', 'task create', { task: 'review', title: 'Review', role: 'nurse' }, ['wait'], ['done']),
      node('wait', 'task wait', { wait: 'reviewed', task: 'review', ...more }, ['reached'], ['otherwise']),
      note('reached', '"reached " & wait.state & " " & task.state & " " & payload.controlId & " " & event.name'),
      note('otherwise', '"otherwise " & wait.outcome & " " & wait.state'),
    ];

    it('goes on when the task is so far, and not before', async () => {
      const sent = await run('W1', 'task', waiting());
      assert.equal(await parked(sent), 1);
      await take(sent, 'start');
      runtime.clock.advance(2 * MINUTE);
      await runtime.settled(sent.id, ['done', 'parked']);
      assert.deepEqual([await notes(sent), await parked(sent)], [[], 1]);
      await take(sent, 'complete');
      await said(sent);
      assert.deepEqual(await notes(sent), ['reached completed completed W1 patient.discharged']);
    });

    it('goes on otherwise where the task has ended in another way, or takes too long', async () => {
      const cancelled = await run('W2', 'task', waiting());
      await take(cancelled, 'cancel');
      await said(cancelled);
      assert.deepEqual(await notes(cancelled), ['otherwise ended cancelled']);
      const late = await run('W3', 'task', waiting({ timeout: 'PT10M' }));
      runtime.clock.advance(10 * MINUTE);
      await said(late);
      assert.deepEqual(await notes(late), ['otherwise late requested']);
    });

    it('goes on at once where the task was so far before', async () => {
      const completing = node('done-first', 'task update', { task: 'review', mode: 'complete' }, ['wait']);
      const [task, ...rest] = waiting();
      const flow = [{ ...task, wires: [['done-first'], ['done']] }, completing, ...rest];
      const sent = await run('W4', 'task', flow);
      await said(sent);
      assert.deepEqual(await notes(sent), ['reached completed completed W4 patient.discharged']);
    });

    it('is found within a minute where the process ended between the change and the waking', async () => {
      const { work } = runtime.engine.store;
      const unpark = work.unpark.bind(work);
      const sent = await run('W5', 'task', waiting());
      let lost = 0;
      Object.assign(work, {
        unpark: async () => {
          lost++;
          throw new Error('the process ended here');
        },
      });
      try {
        await take(sent, 'start', 'complete');
      } finally {
        Object.assign(work, { unpark });
      }
      assert.equal(lost, 1);
      assert.equal((await made(sent)).state, 'completed');
      assert.equal(await parked(sent), 1, 'nobody has woken it');
      runtime.clock.advance(MINUTE);
      await said(sent);
      assert.deepEqual(await notes(sent), ['reached completed completed W5 patient.discharged']);
    });
  });

  describe('approval', () => {
    const asking = (more: object = {}): readonly object[] => [
      node(
        'ask',
        'approval',
        { task: 'referral', title: 'Approve', role: 'director', due: 'PT1H', ...more },
        ['approved'],
        ['rejected'],
        ['expired'],
      ),
      note('approved', '"approved by " & approval.by & " " & payload.controlId'),
      note('rejected', '"rejected by " & approval.by & " " & approval.reason.code'),
      note('expired', '"expired by " & approval.by'),
    ];

    it('goes on with the answer of whoever was asked', async () => {
      const yes = await run('A1', 'ask', asking());
      assert.equal(await parked(yes), 1);
      await take(yes, 'start', 'complete');
      await said(yes);
      assert.deepEqual(await notes(yes), ['approved by user:ana A1']);
      const no = await run('A2', 'ask', asking());
      await take(no, 'reject');
      await said(no);
      assert.deepEqual(await notes(no), ['rejected by user:ana not-needed']);
    });

    it('expires when it is due, and takes the question back', async () => {
      const sent = await run('A3', 'ask', asking());
      await take(sent, 'start');
      runtime.clock.advance(60 * MINUTE);
      await said(sent);
      assert.deepEqual(await notes(sent), ['expired by flow:lab']);
      const task = await made(sent);
      assert.deepEqual([task.state, task.reason?.code], ['cancelled', 'expired']);
    });

    it('hears who answers at the moment at which it expires', async () => {
      const { tasks } = runtime.engine;
      const before = tasks.take.bind(tasks);
      const sent = await run('A4', 'ask', asking());
      await take(sent, 'start');
      Object.assign(tasks, {
        take: async (...given: Parameters<typeof before>) => {
          Object.assign(tasks, { take: before });
          await before(given[0], given[1], 'complete', ANA);
          return before(...given);
        },
      });
      runtime.clock.advance(60 * MINUTE);
      await said(sent);
      assert.deepEqual(await notes(sent), ['approved by user:ana A4']);
    });

    it('has one answer, whatever becomes of the task afterwards', async () => {
      const sent = await run('A5', 'ask', asking());
      await take(sent, 'reject');
      await said(sent);
      const { tasks } = runtime.engine;
      const task = await made(sent);
      await tasks.reassign(task.id, task.version, { role: 'director', unit: null, person: 'bert' }, ANA, WHY);
      await take(sent, 'start', 'complete');
      runtime.clock.advance(2 * 60 * MINUTE);
      await runtime.settled(sent.id);
      assert.deepEqual(await notes(sent), ['rejected by user:ana not-needed']);
    });
  });
});
