/** A task and the ladder that tells people of it, answered over the runtime's own API. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { ClaimedWork, CreateTask, Engine, ManualClock, WorkflowTask } from '../../engine/index.ts';
import type { TaskDetail, TaskList } from '../../runtime/api/task-contract.ts';
import { eventually } from '../kit/eventually.ts';
import { startTestApi, type ApiAnswer, type Asking, type TestApi } from '../kit/runtime-api.ts';
import { acceptOne, claimOf } from '../kit/store-builders.ts';
import { openTask, ROSTER, writeRoster } from '../kit/task-api.ts';

const HOUR = 3_600_000;

describe('tasks and the ladders that tell people of them', () => {
  let api: TestApi;
  let engine: Engine;
  let clock: ManualClock;
  let work: ClaimedWork;

  beforeEach(async () => {
    api = await startTestApi();
    ({ engine, clock } = api);
    await acceptOne(engine.store);
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
  const post = (task: WorkflowTask, action: string, body: object): Promise<ApiAnswer> =>
    ask('POST', `/tasks/${task.id}/${action}`, { body: { seen: task.version, ...body } });

  const DOCTOR = { role: 'ward doctor', unit: '4b', person: 'emil' };
  const watched = async (task: WorkflowTask): Promise<string> =>
    (
      await engine.escalations.start({
        work,
        definition: work.definition,
        name: 'tell',
        discriminator: task.id,
        ladder: 'l',
        ladderVersion: 'v',
        steps: [
          { afterMs: 0, to: 'nurse', channel: 'console', text: 'A result' },
          { afterMs: HOUR, to: 'ward doctor', channel: 'console', text: 'A result' },
        ],
        exhausted: 'keep-last',
        title: 'A result',
        watch: null,
        carry: null,
        task: task.id,
      })
    ).escalation.id;
  const answer = (id: string, as: string) => ask('POST', `/escalations/${id}/acknowledge`, { as, body: {} });
  const stateOf = async (id: string) => (await engine.store.escalations.get(id))?.state;

  it('are answered together by those whose turn it is or whom the ladder has told, and by nobody else', async () => {
    await covers([...ROSTER, DOCTOR]);
    const [one, two] = [await opened(), await opened()];
    const [first, second] = [await watched(one), await watched(two)];
    for (const other of ['user:dora', 'user:emil', 'program:pager']) {
      const refused = await answer(first, other);
      assert.deepEqual([refused.status, refused.json<{ code: string }>().code], [403, 'task-not-yours'], other);
    }
    assert.deepEqual([await stateOf(first), (await engine.store.tasks.get(one.id))?.state], ['open', 'requested']);
    assert.equal((await answer(first, 'cli:root')).status, 409);
    assert.equal((await answer(first, 'user:ana')).status, 200);
    assert.equal((await engine.store.tasks.get(one.id))?.assigned.person, 'ana');
    engine.start();
    clock.advance(2 * HOUR);
    await eventually('the doctor is told', async () => {
      clock.advance(0);
      return ((await engine.store.escalations.get(second))?.nextStep ?? 0) > 1;
    });
    assert.equal((await answer(second, 'user:emil')).status, 200);
    assert.equal((await engine.store.tasks.get(two.id))?.assigned.person, 'emil');
  });

  it('go on where somebody refuses the task, which is in the lists again until it is assigned', async () => {
    const task = await opened({ assigned: { role: 'nurse', unit: '4b', person: 'ana' } });
    const id = await watched(task);
    const refused = await post(task, 'step', { step: 'reject', reason: { code: 'not-mine', text: null } });
    assert.equal(refused.status, 200);
    const { state, assigned } = (await engine.store.tasks.get(task.id)) ?? assert.fail();
    assert.deepEqual([state, assigned], ['rejected', { role: 'nurse', unit: '4b', person: null }]);
    assert.deepEqual(idsIn(await list('view=mine')), [task.id]);
    assert.deepEqual(idsIn(await list('view=all', { as: 'user:carla' })), [task.id]);
    assert.equal(await stateOf(id), 'open');
    const silent = await answer(id, 'user:ana');
    assert.deepEqual([silent.status, silent.json<{ code: string }>().code], [409, 'escalation-task-ownerless']);
    assert.equal(await stateOf(id), 'open', 'nobody has it: the ladder goes on');
  });

  it('are shown with the ladder that watches them before the one that they came of', async () => {
    const before = await watched(await opened());
    const task = await opened({ escalationId: before });
    const own: () => Promise<TaskDetail> = async () => (await ask('GET', `/tasks/${task.id}`)).json();
    assert.equal((await own()).escalation?.id, before);
    const id = await watched(task);
    assert.equal((await own()).escalation?.id, id);
  });
});
