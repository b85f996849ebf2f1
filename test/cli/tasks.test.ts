/** `wardflow tasks` and `wardflow problems` against a real engine behind a real server. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { runCli } from '../../cli/run.ts';
import { openPeople } from '../../governance/server/local-people.ts';
import { openDatabase } from '../../governance/server/store/database.ts';
import {
  ensureServiceToken,
  readConfig,
  serviceTokenPath,
  writeRunInfo,
  type CreateTask,
  type MessageSummary,
  type ProblemReport,
  type WorkflowTask,
} from '../../engine/index.ts';
import type { ProblemList, TaskDetail, TaskView } from '../../runtime/api/task-contract.ts';
import { startTestApi, type TestApi } from '../kit/runtime-api.ts';
import { acceptOne, claimOf, newChild, newReview, settleAs, T0 } from '../kit/store-builders.ts';

describe('on the command line', () => {
  let api: TestApi;
  let task: WorkflowTask;
  let request: CreateTask;

  beforeEach(async () => {
    api = await startTestApi();
    const { engine, folder, port, clock } = api;
    await ensureServiceToken(folder, 'staging');
    const serviceTokenFile = serviceTokenPath(folder, 'staging');
    const staging = { pid: process.pid, port, url: `http://127.0.0.1:${port}`, serviceTokenFile, feeds: {} };
    const none = { governance: null, sandbox: null, demo: false } as const;
    const about = { format: 1, version: '0.0.0', startedAt: clock.now(), supervisor: { pid: process.pid } } as const;
    await writeRunInfo(folder, { ...about, ...none, runtimes: { staging } });
    await acceptOne(engine.store, {}, { controlId: 'C-1' });
    const [work] = await claimOf(engine.store, 1);
    assert.ok(work);
    const part = { id: 'bed', text: 'Make the bed', role: null, dueAt: null, after: [], compensate: null };
    request = {
      work,
      definitionVersion: 'v1',
      name: 'review',
      discriminator: '',
      code: 'review-result',
      title: 'A result to look at \u001b[2J',
      priority: 'stat',
      assigned: { role: 'nurse', unit: '4b', person: null },
      serviceLine: null,
      dueAt: clock.now() + 600_000,
      parts: [part],
      decisions: [],
      escalationId: null,
      patientHint: null,
      endpoint: null,
      carry: null,
    };
    ({ task } = await engine.tasks.create(request));
  });
  afterEach(() => api.stop());

  interface Ended {
    readonly code: number;
    readonly out: string;
    readonly err: string;
  }
  async function run(...args: string[]): Promise<Ended> {
    let [out, err] = ['', ''];
    const code = await runCli(args, {
      out: (text) => (out += text),
      err: (text) => (err += text),
      bytes: () => Promise.resolve(),
      config: () => readConfig({ WARDFLOW_DATA: api.folder }),
      actor: () => 'cli:root',
      now: () => api.clock.now(),
      secret: () => Promise.resolve(null),
      confirm: () => Promise.resolve('cannot-ask'),
    });
    return { code, out, err };
  }
  const text = async (...args: string[]): Promise<string> => {
    const { code, out, err } = await run(...args);
    assert.equal(code, 0, err);
    return out;
  };
  const jsonOf = async <T>(...args: string[]): Promise<T> => JSON.parse(await text(...args, '--json')) as T;

  describe('tasks', () => {
    it('are listed while they wait for somebody, and by state', async () => {
      const list = await text('tasks', 'list');
      assert.match(list, new RegExp(`${task.id} +in 10 min +stat +requested +nurse 4b`));
      assert.ok(!list.includes('\u001b'), 'nothing in a title reaches the terminal as a control');
      assert.equal((await jsonOf<TaskView[]>('tasks', 'list', '--role', 'nurse', '--unit', '4b')).length, 1);
      for (const other of [['--role', 'porter'], ['--person', 'ana'], ['--overdue'], ['--state', 'completed']])
        assert.match(await text('tasks', 'list', ...other), /No tasks/, other.join(' '));
      api.clock.advance(720_000);
      assert.match(await text('tasks', 'list', '--overdue'), /2 min ago/);
    });

    it('are named by the message that made them', async () => {
      const shown = await text('messages', 'show', 'C-1');
      assert.match(shown, /^tasks$/m);
      assert.match(shown, new RegExp(`${task.id} +requested +A result to look at .*for nurse 4b +due 2026-`));
      const { tasks } = await jsonOf<{ readonly tasks: readonly TaskView[] }>('messages', 'show', 'C-1');
      assert.deepEqual(
        tasks.map(({ id }) => id),
        [task.id],
      );
    });

    it('are taken over by what the EHR calls them, where that is one of them', async () => {
      const { engine } = api;
      const made: WorkflowTask[] = [];
      for (const [name, endpoint] of [
        ['a', 'ehr'],
        ['b', 'ehr'],
        ['c', 'other'],
      ] as const) {
        const { task: one } = await engine.tasks.create({ ...request, name, endpoint, parts: [] });
        assert.ok(one.ehr);
        const reference = name === 'a' ? 'Task/12' : 'Task/13';
        await engine.store.tasks.noteCopy(one.id, one.ehr, { ...one.ehr, reference, syncedVersion: 1 });
        made.push(one);
      }
      assert.match(await text('tasks', 'claim', 'Task/12'), new RegExp(`${made[0]?.id}: accepted, for root`));
      assert.equal((await engine.store.tasks.get(made[0]?.id ?? ''))?.state, 'accepted');
      const both = await run('tasks', 'claim', 'Task/13');
      assert.deepEqual([both.code, /at 2 endpoints/.test(both.err)], [1, true]);
      assert.equal((await run('alerts', 'acknowledge', 'Task/99')).code, 1);
      assert.match(await text('tasks', 'show', 'Task/12'), /accepted/);
    });

    it('are given to somebody who has no account with a warning', async () => {
      openDatabase(api.folder).close();
      const to = ['tasks', 'assign', task.id, '--person', 'bert', '--reason', 'shift-change'];
      const unknown = await run(...to);
      assert.deepEqual([unknown.code, /bert has no account/.test(unknown.err)], [0, true]);
      const { people, close } = openPeople(api.folder);
      await people.create('cli:root', { username: 'bert', displayName: 'Bert', roles: ['coordinator'] });
      close();
      assert.deepEqual(await run(...to), { code: 0, out: unknown.out, err: '' });
    });

    it('are taken over, given away, worked on and commented, each as they are at that moment', async () => {
      assert.match(await text('tasks', 'claim', task.id), /accepted, for root, nurse 4b/);
      const given = await jsonOf<TaskView>(
        'tasks',
        'assign',
        task.id,
        '--person',
        'ana',
        '--reason',
        'shift-change',
        '--text',
        'Gone home.',
      );
      assert.deepEqual([given.state, given.assigned], ['ready', { role: null, unit: null, person: 'ana' }]);
      await text('tasks', 'comment', task.id, 'Called the ward.');
      assert.match(await text('tasks', 'step', task.id, 'start'), /in-progress/);
      const open = await run('tasks', 'step', task.id, 'complete');
      assert.equal(open.code, 1);
      assert.match(open.err, /checklist has 1 parts/);
      assert.equal((await run('tasks', 'step', task.id, 'cancel')).code, 1, 'not without a reason');
      assert.match(await text('tasks', 'step', task.id, 'cancel', '--reason', 'mistake'), /cancelled/);
      const shown = await text('tasks', 'show', task.id);
      for (const expected of [
        /open +bed +Make the bed/,
        /Called the ward\./,
        /gave it to ana \(shift-change: Gone home\.\)/,
      ])
        assert.match(shown, expected);
      const { events } = await jsonOf<TaskDetail>('tasks', 'show', task.id);
      assert.ok(events.slice(1).every(({ actor, via }) => actor === 'cli:root' && via === 'cli'));
    });

    it('are refused what makes no sense', async () => {
      for (const [args, expected] of [
        [['list', '--state', 'gone'], /--state takes/],
        [['list', '--limit', '0'], /--limit takes/],
        [['step', task.id, 'fly'], /The step takes/],
        [['step', task.id, 'accept', '--text', 'why'], /--text takes/],
        [['assign', task.id, '--person', 'ana'], /--reason takes/],
        [['assign', task.id, '--reason', 'x'], /needs somebody/],
        [['show', 'none'], /no such task/],
      ] as const) {
        const { code, err } = await run('tasks', ...args);
        assert.equal(code, 1, args.join(' '));
        assert.match(err, expected);
      }
    });
  });

  describe('messages', () => {
    it('that a person decides about are listed by that word, and what is parked for another reason is not', async () => {
      const { store } = api.engine;
      const { work } = request;
      assert.equal(
        await settleAs(store, work, { kind: 'held', held: { review: newReview(work), task: null } }),
        'settled',
      );
      await acceptOne(store, {}, { controlId: 'C-2' });
      const [other] = await claimOf(store, 1);
      assert.ok(other);
      const child = { parentWorkId: other.id, key: 'k', kind: 'park', data: null, state: 'parked' } as const;
      await store.work.settle({
        workId: other.id,
        fence: other.fence,
        at: T0,
        settlement: { kind: 'done' },
        trace: [],
        version: 'v1',
        children: [newChild(other, 'k', { child })],
      });
      const list = async (states: string, ...more: string[]): Promise<readonly (string | null)[]> =>
        (await jsonOf<readonly MessageSummary[]>('messages', 'list', '--state', states, ...more)).map(
          ({ controlId }) => controlId,
        );
      assert.deepEqual(await list('held'), ['C-1']);
      assert.deepEqual(await list('held', '--limit', '1'), ['C-1']);
      assert.deepEqual(await list('parked, Held'), ['C-2', 'C-1']);
      assert.deepEqual(await list('parked'), ['C-2', 'C-1']);
      assert.match((await run('messages', 'list', '--state', 'stuck')).err, /--state takes .*resend, held/);
    });
  });

  describe('problems', () => {
    it('are listed without their words, shown with them, and answered', async () => {
      assert.match(await text('problems', 'list'), /No reports/);
      const words = 'It was the wrong patient.';
      const body = { kind: 'wrong-content', text: words, taskId: task.id };
      const made = (await api.ask('POST', '/problems', { body })).json<ProblemReport>();
      const list = await text('problems', 'list');
      assert.match(list, new RegExp(`${made.id} .*user:ana +wrong-content +open .*task ${task.id}`));
      assert.ok(!list.includes(words));
      assert.ok((await text('problems', 'show', made.id)).includes(words));
      assert.equal((await run('problems', 'answer', made.id, '--state', 'mended')).code, 1, 'not without an answer');
      assert.equal((await run('problems', 'answer', made.id)).code, 1, 'nothing is said');
      assert.match(await text('problems', 'answer', made.id, '--state', 'looked-at', '--assignee', 'eve'), /looked-at/);
      const closed = ['--state', 'mended', '--answer', 'The rule is changed.', '--proposal', '12'];
      const now = await jsonOf<ProblemReport>('problems', 'answer', made.id, ...closed);
      assert.deepEqual([now.state, now.assignee, now.proposal], ['mended', 'eve', '12']);
      assert.match(await text('problems', 'list'), /No reports/);
      const mended = await jsonOf<ProblemList['problems']>('problems', 'list', '--state', 'mended');
      assert.equal(mended.length, 1);
      assert.equal((await run('problems', 'list', '--state', 'gone')).code, 1);
      assert.equal((await run('problems', 'list', '--kind', 'gone')).code, 1);
    });
  });
});
