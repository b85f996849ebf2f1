/** Problems as people report them and as they are looked at, over the runtime's own API. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { ClaimedWork, LiveChange, ProblemReport, WorkflowTask } from '../../engine/index.ts';
import type { ProblemList, TaskDetail } from '../../runtime/api/task-contract.ts';
import { eventually } from '../kit/eventually.ts';
import { startTestApi, type ApiAnswer, type Asking, type TestApi } from '../kit/runtime-api.ts';
import { acceptOne, claimOf, T0 } from '../kit/store-builders.ts';

/** Stands for what may be about a patient: nowhere but in the report itself. */
const WORDS = 'The potassium of Mrs Example was taken from the wrong arm.';
const ANSWER = 'Her sample was of another day.';

describe('reports of problems at the runtime API', () => {
  let api: TestApi;
  let work: ClaimedWork;
  let task: WorkflowTask;

  beforeEach(async () => {
    api = await startTestApi();
    const { engine } = api;
    await acceptOne(engine.store, {}, { controlId: 'C-1' });
    const [claimed] = await claimOf(engine.store, 1);
    assert.ok(claimed);
    work = claimed;
    await engine.store.work.pin(work.id, work.fence, 'v1');
    const about = { work, definitionVersion: 'v2', name: 'review', discriminator: '', code: 'review', title: 'Look' };
    const none = { serviceLine: null, dueAt: null, parts: [], decisions: [], escalationId: null, patientHint: null };
    const assigned = { role: 'nurse', unit: null, person: null };
    const more = { priority: 'stat', assigned, endpoint: null, carry: null } as const;
    ({ task } = await engine.tasks.create({ ...about, ...none, ...more }));
  });
  afterEach(() => api.stop());

  const report = (body: object = {}, asking: Asking = {}): Promise<ApiAnswer> =>
    api.ask('POST', '/problems', {
      ...asking,
      body: { kind: 'wrong-content', text: WORDS, messageId: work.messageId, ...body },
    });
  const reported = async (body: object = {}, asking: Asking = {}): Promise<ProblemReport> => {
    const answer = await report(body, asking);
    assert.equal(answer.status, 201);
    return answer.json();
  };
  const triage = ({ id, version }: ProblemReport, body: object, asking: Asking = {}): Promise<ApiAnswer> =>
    api.ask('POST', `/problems/${id}`, { ...asking, body: { seen: version, ...body } });
  const list = async (query = '', asking: Asking = {}): Promise<ProblemList> =>
    (await api.ask('GET', `/problems?${query}`, asking)).json();

  it('are made of a message or a task, with the definition and the version that made what is wrong', async () => {
    const changes: LiveChange[] = [];
    api.engine.live.subscribe((change) => changes.push(change));
    const ofMessage = await reported();
    assert.deepEqual([ofMessage.definition, ofMessage.definitionVersion, ofMessage.by], ['flow-a', 'v1', 'user:ana']);
    const ofTask = await reported({ messageId: undefined, taskId: task.id });
    assert.deepEqual([ofTask.messageId, ofTask.definitionVersion], [work.messageId, 'v2']);
    await eventually('both are told', () => changes.filter(({ kind }) => kind === 'problem').length === 2);
    const detail = (await api.ask('GET', `/tasks/${task.id}`)).json<TaskDetail>();
    assert.deepEqual(
      detail.problems.map(({ id }) => id),
      [ofTask.id],
    );
  });

  it('are listed with their message, by whoever made them, and counted', async () => {
    const first = await reported();
    api.clock.advance(1_000);
    const second = await reported({ kind: 'too-late' }, { as: 'user:bert' });
    const all = await list();
    assert.deepEqual(
      all.problems.map(({ id }) => id),
      [second.id, first.id],
    );
    assert.deepEqual([all.problems[0]?.message.controlId, all.counts.open, all.next], ['C-1', 2, null]);
    assert.deepEqual((await list('mine=1')).problems.length, 1);
    assert.deepEqual((await list('kind=too-late')).problems[0]?.id, second.id);
    assert.deepEqual((await list('state=mended,duplicate')).problems, []);
    assert.deepEqual((await list(`message=${work.messageId}&definition=flow-a&since=${T0}`)).problems.length, 2);
    const page = await list('limit=1');
    assert.deepEqual((await list(`limit=1&before=${page.next}`)).problems[0]?.id, first.id);
    for (const query of ['state=broken', 'kind=none', 'mine=yes', 'limit=1001', 'since=then'])
      assert.equal((await api.ask('GET', `/problems?${query}`)).status, 400, query);
  });

  it('are looked at, given to somebody and closed with an answer', async () => {
    const open = await reported();
    const looked = (await triage(open, { state: 'looked-at', assignee: 'eve' })).json<ProblemReport>();
    assert.deepEqual([looked.version, looked.state, looked.assignee], [2, 'looked-at', 'eve']);
    const silent = await triage(looked, { state: 'mended' });
    assert.deepEqual([silent.status, silent.code()], [400, 'problem-answer-missing']);
    const late = await triage(open, { state: 'duplicate', answer: ANSWER });
    assert.deepEqual([late.status, late.code()], [409, 'problem-stale']);
    assert.equal(late.json<{ now: ProblemReport }>().now.version, 2);
    const body = { state: 'mended', answer: ANSWER, proposal: '12', assignee: null };
    const mended = (await triage(looked, body)).json<ProblemReport>();
    assert.deepEqual([mended.answer, mended.proposal, mended.assignee], [ANSWER, '12', null]);
  });

  it('leave nothing of their words in the audit trail', async () => {
    await triage(await reported(), { state: 'as-intended', answer: ANSWER });
    const records = await api.engine.store.audit.list({ messageId: work.messageId, limit: 100 });
    assert.deepEqual(
      records.filter(({ type }) => type.startsWith('problem.')).map(({ type, actor }) => [type, actor]),
      [
        ['problem.changed', 'user:ana'],
        ['problem.reported', 'user:ana'],
      ],
    );
    assert.ok(!JSON.stringify(records).includes('potassium') && !JSON.stringify(records).includes('sample'));
  });

  it('are refused where they are about nothing or say nothing', async () => {
    const other = await acceptOne(api.engine.store);
    const bad: readonly object[] = [
      { messageId: undefined },
      { messageId: 'none' },
      { taskId: 'none' },
      { alertId: 'none' },
      { taskId: task.id, messageId: other.messageId },
      { messageId: 'a b' },
      { messageId: 7 },
      { kind: 'none' },
      { text: '' },
      { text: '  ' },
      { text: 'x'.repeat(4_001) },
      { also: 1 },
    ];
    for (const body of bad) assert.equal((await report(body)).status, 400, JSON.stringify(body).slice(0, 60));
    assert.equal((await report({}, { as: null })).code(), 'actor-missing');
    assert.deepEqual((await list()).problems, []);
    const one = await reported();
    for (const body of [{ state: 'gone' }, { seen: 0 }, { answer: '' }, { assignee: 'x'.repeat(101) }, { text: 'new' }])
      assert.equal((await triage(one, body)).status, 400, JSON.stringify(body));
    assert.equal((await triage(one, { state: 'looked-at' }, { as: null })).code(), 'actor-missing');
    assert.equal((await api.ask('POST', '/problems/none', { body: { seen: 1 } })).status, 404);
    assert.equal((await api.ask('GET', `/problems/${one.id}`)).json<ProblemReport>().version, 1);
  });

  it('of another part are neither listed, shown, made nor changed', async () => {
    const one = await reported();
    const part = ['other'];
    const elsewhere = await list('', { part });
    assert.deepEqual([elsewhere.problems, elsewhere.counts.open], [[], 0]);
    assert.deepEqual((await list('definition=flow-a', { part })).problems, []);
    const calls = [
      await report({}, { part }),
      await report({ messageId: undefined, taskId: task.id }, { part }),
      await report({ messageId: 'none' }, { part }),
      await triage(one, { state: 'looked-at' }, { part }),
      await api.ask('GET', `/problems/${one.id}`, { part }),
    ];
    for (const answer of calls) assert.deepEqual([answer.status, answer.code()], [403, 'outside-scope']);
    const inside = await list('', { part: ['flow-a'] });
    assert.equal(inside.problems.length, 1);
    assert.equal((await report({}, { part: ['flow-a'] })).applied, true);
  });
});
