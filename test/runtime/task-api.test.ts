/** What people do about tasks over the runtime's own API: a real engine and a real roster behind a real server. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'mocha';
import {
  type ManualClock,
  rosterPath,
  type ClaimedWork,
  type CreateTask,
  type Engine,
  type LiveChange,
  type Store,
  type WorkflowTask,
} from '../../engine/index.ts';
import type { TaskDetail, TaskList, TaskView } from '../../runtime/api/task-contract.ts';
import { eventually } from '../kit/eventually.ts';
import { startTestApi, type ApiAnswer, type Asking, type TestApi } from '../kit/runtime-api.ts';
import { acceptOne, claimOf, T0 } from '../kit/store-builders.ts';
import { openTask, ROSTER, writeRoster } from '../kit/task-api.ts';

const HOUR = 3_600_000;
const WHY = { code: 'shift-change', text: 'Ana has gone home.' };

describe('tasks at the runtime API', () => {
  let api: TestApi;
  let engine: Engine;
  let clock: ManualClock;
  let work: ClaimedWork;
  let journalCalls: string[] = [];

  beforeEach(async () => {
    const aroundStore = (store: Store): Store => ({
      ...store,
      journal: {
        ...store.journal,
        labels: (ids) => (journalCalls.push('labels'), store.journal.labels(ids)),
        get: (id) => (journalCalls.push('get'), store.journal.get(id)),
      },
    });
    api = await startTestApi(aroundStore);
    ({ engine, clock } = api);
    await acceptOne(engine.store, {}, { controlId: 'C-1', patientHint: 'J.D. …4711' });
    const [claimed] = await claimOf(engine.store, 1);
    assert.ok(claimed);
    work = claimed;
    await covers(ROSTER);
  });
  afterEach(() => api.stop());

  const covers = (entries: readonly object[]): Promise<void> => writeRoster(api, entries);
  const opened = (over: Partial<CreateTask> = {}): Promise<WorkflowTask> => openTask(engine, work, over);

  const ask: TestApi['ask'] = (...request) => api.ask(...request);
  const list = async (query: string, asking: Asking = {}): Promise<TaskList> =>
    (await ask('GET', `/tasks?${query}`, asking)).json();
  const idsIn = ({ tasks }: TaskList): readonly string[] => tasks.map(({ id }) => id).toSorted();
  const post = (task: WorkflowTask | TaskView, action: string, body: object, asking: Asking = {}): Promise<ApiAnswer> =>
    ask('POST', `/tasks/${task.id}/${action}`, { ...asking, body: { seen: task.version, ...body } });

  describe('in lists', () => {
    it('are mine while the roster gives me their role, and whatever it says once they are assigned to me', async () => {
      const ward = await opened();
      const own = await opened({ assigned: { role: 'porter', unit: '5a', person: 'ana' } });
      const bertsOwn = await opened({ assigned: { role: 'nurse', unit: '4b', person: 'bert' } });
      assert.deepEqual(idsIn(await list('view=mine')), [ward.id, own.id].toSorted());
      assert.deepEqual(idsIn(await list('view=mine', { as: 'user:bert' })), [bertsOwn.id]);
      clock.advance(HOUR);
      assert.deepEqual(idsIn(await list('view=mine')), [own.id], 'her shift is over');
      assert.deepEqual(idsIn(await list('view=mine', { as: 'user:bert' })), [ward.id, bertsOwn.id].toSorted());
      assert.deepEqual((await list('view=mine', { as: 'user:nobody' })).tasks, []);
      assert.deepEqual((await list('view=mine', { as: 'program:ana' })).tasks, [], 'a program is no person');
    });

    it('are of my unit, whoever has them', async () => {
      const berts = await opened({ assigned: { role: 'nurse', unit: '4b', person: 'bert' } });
      const porters = await opened({ assigned: { role: 'porter', unit: '4b', person: null } });
      const coordination = await opened({ assigned: { role: 'coordinator', unit: '9c', person: null } });
      await opened({ assigned: { role: 'porter', unit: '5a', person: null } });
      assert.deepEqual(idsIn(await list('view=unit')), [berts.id, porters.id].toSorted());
      assert.deepEqual(idsIn(await list('view=unit', { as: 'user:carla' })), [coordination.id]);
      assert.deepEqual((await list('view=unit', { as: 'user:nobody' })).tasks, []);
    });

    it('say who is on, what they are about, and nothing of what they carry', async () => {
      await opened();
      await opened({ assigned: { role: 'nurse', unit: null, person: 'carla' } });
      const answer = await list('view=all&order=newest-first');
      assert.deepEqual(
        answer.tasks.map(({ on }) => on),
        [['carla'], ['ana']],
      );
      assert.deepEqual(answer.tasks[0]?.message, { controlId: 'C-1', type: 'ORU^R01', patientHint: 'J.D. …4711' });
      assert.ok(answer.tasks.every((one) => !('carry' in one)));
      assert.deepEqual([answer.roster, answer.covers], [true, [{ role: 'nurse', unit: '4b' }]]);
      clock.advance(HOUR);
      assert.deepEqual((await list('view=all&order=newest-first')).tasks[1]?.on, ['bert']);
    });

    it('are counted for the view, whatever states are asked for, and come page by page', async () => {
      const tasks = [];
      for (let n = 0; n < 3; n++) tasks.push(await opened({ dueAt: T0 + n * 1000 }));
      await engine.tasks.take(tasks[0]?.id ?? '', 1, 'cancel', { actor: 'user:ana', via: 'console' }, WHY);
      const cancelled = await list('view=mine&state=cancelled');
      assert.deepEqual([cancelled.tasks.length, cancelled.counts.requested, cancelled.counts.cancelled], [1, 2, 1]);
      clock.advance(1_500);
      const late = await list('view=all&overdue=1');
      assert.deepEqual([idsIn(late), late.counts.overdue], [[tasks[1]?.id], 1]);
      const first = await list('limit=2');
      assert.equal(first.tasks.length, 2);
      const second = await list(`limit=2&after=${first.next}`);
      assert.deepEqual(
        [...first.tasks, ...second.tasks].map(({ id }) => id),
        tasks.map(({ id }) => id),
      );
      assert.equal(second.next, null);
    });

    it('are filtered by role, person, unit, code, message and definition', async () => {
      const one = await opened({ assigned: { role: 'porter', unit: '5a', person: 'dora' }, code: 'move-bed' });
      await opened();
      for (const query of ['role=porter', 'person=dora', 'unit=5a', 'code=move-bed'])
        assert.deepEqual(idsIn(await list(query)), [one.id], query);
      assert.equal((await list(`message=${one.messageId}`)).tasks.length, 2);
      assert.equal((await list('message=other')).tasks.length, 0);
      assert.equal((await list('definition=flow-a')).tasks.length, 2);
      assert.equal((await list('definition=other')).tasks.length, 0);
    });

    it('are found by words of their rows: of the task, its message, and whoever is on for it now', async () => {
      const mine = await opened({ title: 'Call the family' });
      const other = await opened({ title: 'Call the GP', assigned: { role: 'coordinator', unit: '9c', person: null } });
      const search = async (words: string, query = '', asking: Asking = {}): Promise<TaskList> =>
        (await ask('POST', `/tasks/search?${query}`, { ...asking, body: { words } })).json();
      const all = [mine.id, other.id].toSorted();
      assert.deepEqual(idsIn(await search('call')), all);
      assert.deepEqual(idsIn(await search(' Family  CALL ')), [mine.id]);
      assert.deepEqual(idsIn(await search('carla')), [other.id], 'who is on for it by the roster');
      assert.deepEqual(idsIn(await search('ANA gp')), [], 'each word of the same task');
      assert.deepEqual(idsIn(await search('c-1')), all, 'the control id of its message');
      assert.deepEqual(idsIn(await search('4711', 'view=mine')), [mine.id]);
      assert.equal((await search('call')).looked, 2);
      assert.equal((await search('family')).counts.requested, 2, 'of the view, not of the words');
      clock.advance(HOUR);
      assert.deepEqual([idsIn(await search('ana')), idsIn(await search('bert'))], [[], [mine.id]]);
      const part = { part: ['other'] };
      assert.deepEqual(idsIn(await search('call', '', part)), []);
      assert.deepEqual(idsIn(await search('c-1', '', part)), []);
      for (const body of [{}, { words: '' }, { words: '  ' }, { words: 'x'.repeat(129) }, { words: 'a', more: 1 }])
        assert.equal((await ask('POST', '/tasks/search', { body })).status, 400, JSON.stringify(body));
      const words = Array.from({ length: 13 }, (_, n) => `w${n}`).join(' ');
      assert.equal((await ask('POST', '/tasks/search', { body: { words } })).status, 400);
    });

    it('refuse what makes no sense, naming it', async () => {
      const wrong = [
        'view=yours',
        'state=broken',
        'order=random',
        'overdue=yes',
        'after=x',
        'limit=1001',
        'role=a&role=b',
      ];
      for (const query of [...wrong, `unit=${'x'.repeat(201)}`]) {
        const answer = await ask('GET', `/tasks?${query}`);
        assert.deepEqual([answer.status, answer.code()], [400, 'api-request-invalid'], query);
      }
      assert.equal((await ask('GET', '/tasks?view=mine', { as: null })).code(), 'actor-missing');
      assert.equal((await ask('GET', '/tasks', { as: null })).status, 200);
    });

    it('ask the store for the messages of all of them at once', async () => {
      for (let n = 0; n < 20; n++) await opened();
      journalCalls = [];
      assert.equal((await list('view=all&limit=1000')).tasks.length, 20);
      assert.deepEqual(journalCalls, ['labels']);
    });
  });

  it('show their timeline, what is possible now, and the definition that made them', async () => {
    const task = await opened();
    await post(task, 'comment', { text: 'Called the ward.' }, {}).then(({ status }) => assert.equal(status, 400));
    await ask('POST', `/tasks/${task.id}/comment`, { body: { text: 'Called the ward.' } });
    const detail = (await ask('GET', `/tasks/${task.id}`)).json<TaskDetail>();
    assert.deepEqual(
      detail.events.map(({ kind, actor }) => [kind, actor]),
      [
        ['created', 'flow:flow-a'],
        ['commented', 'user:ana'],
      ],
    );
    assert.deepEqual(detail.definition, { name: 'flow-a', title: 'flow-a', version: 'v1' });
    assert.ok(detail.steps.some(({ step, needsReason }) => step === 'reject' && needsReason));
    assert.ok(detail.steps.every(({ step }) => step !== 'complete'));
    assert.equal((await ask('GET', '/tasks/none')).status, 404);
  });

  it('show the decision that made them with the words of its rows, as they were then', async () => {
    const row = { id: 'high', note: 'very high', reference: 'LAB-12' };
    const table = { owner: { name: 'Laboratory committee' }, reason: 'It harms.', rows: [{ id: 'low' }, row] };
    await engine.store.definitions.put('flow-a', 'v1', { 'rules/results.json': JSON.stringify(table) }, T0);
    const about = { messageId: work.messageId, workId: work.id, definition: 'flow-a', table: 'results', version: 'f' };
    const rest = { node: { id: 'n', name: 'n' }, at: T0, inputs: {}, outputs: {}, missing: [], deterministic: true };
    const decision = { ...about, ...rest, matched: ['high', 'gone'], error: null, sentence: 'Row high decided.' };
    await engine.store.decisions.record({ ...decision, id: 'd-1' });
    await engine.store.decisions.record({ ...decision, id: 'd-2' });
    const task = await opened({ decisions: ['d-1'] });
    const { decisions } = (await ask('GET', `/tasks/${task.id}`)).json<TaskDetail>();
    assert.deepEqual(
      decisions.map(({ id, rows }) => [id, rows]),
      [['d-1', [{ ...row, reason: 'It harms.', owner: 'Laboratory committee' }]]],
    );
  });

  describe('are worked on', () => {
    it('by whom the roster gives the role now: taken over, done, told live', async () => {
      const changes: LiveChange[] = [];
      engine.live.subscribe((change) => changes.push(change));
      let task: TaskView | WorkflowTask = await opened();
      task = (await post(task, 'claim', {})).json<TaskView>();
      assert.deepEqual([task.state, task.assigned.person, task.version], ['accepted', 'ana', 2]);
      task = (await post(task, 'step', { step: 'start' })).json<TaskView>();
      task = (await post(task, 'step', { step: 'complete' })).json<TaskView>();
      assert.deepEqual([task.state, task.endedAt], ['completed', T0]);
      const { id } = task;
      await eventually('the change is told', () => changes.some((one) => one.kind === 'task' && one.id === id));
      const { events } = (await ask('GET', `/tasks/${id}`)).json<TaskDetail>();
      assert.ok(events.slice(1).every(({ actor, via }) => actor === 'user:ana' && via === 'console'));
    });

    it('by nobody whose turn it is not, until it is given to them with a reason', async () => {
      const task = await opened();
      for (const as of ['user:bert', 'user:dora', 'user:carla', 'program:ana', 'system:flow']) {
        for (const [action, body] of [
          ['claim', {}],
          ['step', { step: 'accept' }],
        ] as const) {
          const answer = await post(task, action, body, { as });
          assert.deepEqual([answer.status, answer.code()], [403, 'task-not-yours'], `${as} ${action}`);
        }
      }
      assert.equal((await engine.store.tasks.get(task.id))?.version, 1);
      const given = (
        await post(task, 'assign', { to: { person: 'Dora' }, reason: WHY }, { as: 'user:dora' })
      ).json<TaskView>();
      assert.deepEqual(given.assigned, { role: null, unit: null, person: 'dora' });
      assert.equal((await post(given, 'claim', {}, { as: 'user:dora' })).status, 200);
    });

    it('by whoever comes on with the next shift, and no longer by who went home', async () => {
      const task = (await post(await opened(), 'claim', {})).json<TaskView>();
      clock.advance(HOUR);
      const held = await post(task, 'step', { step: 'hold', reason: WHY }, { as: 'user:bert' });
      assert.equal(held.status, 200, 'the role is his now, though the task was hers');
      const other = await opened();
      assert.equal((await post(other, 'claim', {})).status, 403);
      assert.equal((await post(other, 'claim', {}, { as: 'user:bert' })).status, 200);
    });

    it('from the command line, which has the token', async () => {
      const answer = await post(await opened(), 'claim', {}, { as: 'cli:root' });
      assert.deepEqual([answer.status, answer.json<TaskView>().assigned.person], [200, 'root']);
      const { events } = (await ask('GET', `/tasks/${answer.json<TaskView>().id}`)).json<TaskDetail>();
      assert.equal(events.at(-1)?.via, 'cli');
    });

    it('by everybody where there is no roster, as long as nobody has them', async () => {
      await rm(rosterPath(api.folder));
      const task = await opened();
      assert.equal((await post(task, 'claim', {}, { as: 'user:anybody' })).status, 200);
      const now = await engine.store.tasks.get(task.id);
      assert.ok(now);
      assert.equal((await post(now, 'step', { step: 'start' }, { as: 'user:other' })).code(), 'task-not-yours');
    });

    it('part by part, also by who covers the role of a part', async () => {
      const parts = [
        { id: 'bed', text: 'Bed', role: 'porter', dueAt: null, after: [], compensate: null },
        { id: 'clean', text: 'Clean', role: null, dueAt: null, after: ['bed'], compensate: null },
      ];
      let task: WorkflowTask | TaskView = await opened({
        parts,
        assigned: { role: 'nurse', unit: '5a', person: null },
      });
      assert.equal((await post(task, 'part', { part: 'clean', to: 'done' }, { as: 'user:dora' })).status, 403);
      task = (await post(task, 'part', { part: 'bed', to: 'done' }, { as: 'user:dora' })).json<TaskView>();
      assert.deepEqual([task.parts[0]?.state, task.parts[0]?.by], ['done', 'user:dora']);
      const gone = await post(task, 'part', { part: 'none', to: 'done' }, { as: 'cli:root' });
      assert.deepEqual([gone.status, gone.code()], [404, 'task-part-unknown']);
      const skip = await post(task, 'part', { part: 'clean', to: 'skipped' }, { as: 'cli:root' });
      assert.deepEqual([skip.status, skip.code()], [400, 'task-reason-missing']);
    });

    it('otherwise than the rule said, with both kept at the task and neither in the audit trail', async () => {
      const task = await opened();
      const said = { what: 'six point nine', instead: 'call the clinic', reason: WHY };
      assert.equal((await post(task, 'override', said)).status, 200);
      const [event] = (await engine.store.tasks.events(task.id)).slice(-1);
      assert.deepEqual(event?.kind === 'overridden' && [event.what, event.instead], [said.what, said.instead]);
      const [record] = await engine.store.audit.list({ type: 'task.overridden' });
      assert.deepEqual([record?.actor, record?.reason], ['user:ana', WHY.code]);
      assert.doesNotMatch(JSON.stringify(record), /six point|clinic/);
    });
  });

  it('are as they are now in the answer to who was too slow', async () => {
    const task = await opened();
    await post(task, 'claim', {});
    const bodies = {
      claim: {},
      step: { step: 'accept' },
      assign: { to: { person: 'bert' }, reason: WHY },
      part: { part: 'p', to: 'done' },
      override: { what: 'a', instead: 'b', reason: WHY },
    };
    for (const [action, body] of Object.entries(bodies)) {
      const answer = await post(task, action, body, { as: 'user:bert' });
      assert.deepEqual([answer.status, answer.code()], [409, 'task-stale'], action);
      const { now } = answer.json<{ now: TaskView }>();
      assert.deepEqual([now.version, now.state, now.on, 'carry' in now], [2, 'accepted', ['ana'], false]);
    }
    assert.equal((await engine.store.tasks.get(task.id))?.version, 2);
  });

  it('are changed by one of two who want to at the same moment', async () => {
    const task = await opened();
    await covers([...ROSTER, { role: 'nurse', unit: '4b', person: 'bert' }]);
    const both = await Promise.all([post(task, 'claim', {}), post(task, 'claim', {}, { as: 'user:bert' })]);
    assert.deepEqual(
      both.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 409],
    );
  });

  it('take over what the EHR says, or write over it, as a person says, and show nothing of what the copy names', async () => {
    const copy = {
      elements: ['for'],
      for: { reference: 'Patient/1' },
      focus: null,
      encounter: null,
      rules: [],
      event: null,
    };
    const differing = async (status: string): Promise<WorkflowTask> => {
      const task = await opened({ endpoint: 'ehr', copy });
      assert.ok(task.ehr);
      const ehr = { ...task.ehr, reference: 'Task/1', status, syncedVersion: 1, syncedAt: T0, trouble: 'ehr-differs' };
      return engine.tasks.noteEhr(task.id, 1, ehr);
    };
    const theirs = await differing('completed');
    const answer = await post(theirs, 'ehr', { side: 'theirs', reason: 'done on the ward' });
    const { state, ehr, version } = answer.json<TaskView>();
    assert.deepEqual([answer.status, state, ehr?.trouble, ehr?.syncedVersion], [200, 'completed', null, version]);
    assert.equal('copy' in answer.json<object>(), false);
    assert.equal(
      (await post({ ...theirs, version }, 'ehr', { side: 'ours', reason: 'x' })).code(),
      'ehr-no-difference',
    );
    assert.equal((await post(theirs, 'ehr', { side: 'ours', reason: 'x' })).code(), 'task-stale');
    const ours = await differing('draft');
    const noWay = await post(ours, 'ehr', { side: 'theirs', reason: 'x' });
    assert.deepEqual([noWay.status, noWay.code()], [409, 'ehr-no-way']);
    const settled = (await post(ours, 'ehr', { side: 'ours', reason: 'x' })).json<TaskView>();
    assert.deepEqual([settled.state, settled.ehr?.trouble, settled.ehr?.syncedVersion], ['requested', null, 0]);
  });

  it('take no body that makes no sense, and nothing without an actor', async () => {
    const task = await opened();
    const long = 'x'.repeat(501);
    const bad: readonly (readonly [string, object])[] = [
      ['claim', { seen: 0 }],
      ['claim', { also: 1 }],
      ['step', {}],
      ['step', { step: 'fly' }],
      ['step', { step: 'reassign', reason: WHY }],
      ['step', { step: 'reject', reason: 'because' }],
      ['step', { step: 'reject', reason: { code: 'a b' } }],
      ['step', { step: 'reject', reason: { code: 'x', text: long } }],
      ['step', { step: 'reject' }],
      ['assign', { to: { person: 'bert' } }],
      ['assign', { to: {}, reason: WHY }],
      ['assign', { to: { person: 'b\nert' }, reason: WHY }],
      ['assign', { to: { person: long }, reason: WHY }],
      ['assign', { to: 'bert', reason: WHY }],
      ['part', { part: 'x', to: 'gone' }],
      ['override', { what: long, instead: 'b', reason: WHY }],
      ['override', { what: 'a', instead: 'b' }],
      ['comment', { text: 'of a version' }],
      ['ehr', { side: 'both', reason: 'x' }],
      ['ehr', { side: 'ours' }],
      ['ehr', { side: 'ours', reason: long }],
    ];
    for (const [action, body] of bad) {
      const answer = await post(task, action, body);
      assert.equal(answer.status, 400, `${action} ${JSON.stringify(body).slice(0, 60)}`);
    }
    for (const text of ['', '   ', 'x'.repeat(4_001), 7])
      assert.equal((await ask('POST', `/tasks/${task.id}/comment`, { body: { text } })).status, 400);
    assert.equal(
      (await ask('POST', `/tasks/${task.id}/comment`, { body: { text: 'a' }, as: null })).code(),
      'actor-missing',
    );
    assert.equal((await post(task, 'claim', {}, { as: null })).code(), 'actor-missing');
    assert.equal((await ask('POST', '/tasks/none/claim', { body: { seen: 1 } })).status, 404);
    const wrong = await post(task, 'step', { step: 'complete' });
    assert.deepEqual([wrong.status, wrong.code()], [409, 'task-step-impossible']);
    assert.equal((await engine.store.tasks.get(task.id))?.version, 1, 'nothing of it happened');
  });

  it('of another part are neither listed, shown nor changed', async () => {
    const task = await opened();
    const part = ['other'];
    const elsewhere = await list('view=mine', { part });
    assert.deepEqual([elsewhere.tasks, elsewhere.counts.requested], [[], 0]);
    assert.equal((await list('definition=flow-a', { part })).tasks.length, 0);
    assert.equal((await list('view=mine', { part: ['flow-a'] })).tasks.length, 1);
    const calls = [
      ['GET', '', undefined],
      ['POST', '/claim', { seen: 1 }],
      ['POST', '/step', { seen: 1, step: 'accept' }],
      ['POST', '/assign', { seen: 1, to: { person: 'ana' }, reason: WHY }],
      ['POST', '/part', { seen: 1, part: 'a', to: 'done' }],
      ['POST', '/comment', { text: 'a' }],
      ['POST', '/override', { seen: 1, what: 'a', instead: 'b', reason: WHY }],
      ['POST', '/ehr', { seen: 1, side: 'ours', reason: 'a' }],
    ] as const;
    for (const id of [task.id, 'none'])
      for (const [method, path, body] of calls) {
        const answer = await ask(method, `/tasks/${id}${path}`, { part, body });
        assert.deepEqual([answer.status, answer.code()], [403, 'outside-scope'], `${method} ${path}`);
      }
    const inside = await ask('GET', `/tasks/${task.id}`, { part: ['flow-a'] });
    assert.deepEqual([inside.status, inside.applied], [200, true]);
  });
});
