import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { dueRuleFor, dueRulesOf, ManualClock, timeSortedIds } from '../../engine/index.ts';
import type { Assignment, ClaimedWork, DueRule, TaskActor, WorkflowTask } from '../../engine/index.ts';
import { Problems } from '../../engine/definitions/problem.ts';
import { readIntent } from '../../engine/definitions/intent.ts';
import { createTaskService } from '../../engine/tasks/create-task-service.ts';
import type { CreateTask, TaskService } from '../../engine/tasks/task-service.ts';
import { acceptOne, claimOf, T0 } from '../kit/store-builders.ts';
import { TemporaryStore } from '../kit/temporary-store.ts';

const ANA: TaskActor = { actor: 'user:ana', via: 'console' };
const WHY = { code: 'wrong-unit', text: null };
const MINUTE = 60_000;
const RULES: readonly DueRule[] = [
  { role: 'nurse', priority: 'stat', dueMs: 15 * MINUTE },
  { role: 'nurse', priority: null, dueMs: 60 * MINUTE },
  { role: 'doctor', priority: null, dueMs: 30 * MINUTE },
];
const to = (role: string | null, person: string | null = null): Assignment => ({ role, unit: null, person });

describe('by when a role is due', () => {
  let place: TemporaryStore;
  let tasks: TaskService;
  let work: ClaimedWork;
  let clock: ManualClock;
  beforeEach(async () => {
    place = await TemporaryStore.create();
    clock = new ManualClock(T0);
    const nothing = (): void => undefined;
    tasks = createTaskService({
      tasks: place.store.tasks,
      clock,
      ids: timeSortedIds(clock),
      live: { publish: nothing },
      onWork: nothing,
    });
    await acceptOne(place.store);
    const [claimed] = await claimOf(place.store, 1);
    assert.ok(claimed);
    work = claimed;
  });
  afterEach(() => place.close());

  const created = async (over: Partial<CreateTask> = {}): Promise<WorkflowTask> => {
    const { task } = await tasks.create({
      work,
      definitionVersion: 'v1',
      name: 'review',
      discriminator: '',
      code: 'review',
      title: 'Review',
      priority: 'stat',
      assigned: to('nurse'),
      serviceLine: null,
      dueAt: null,
      dueRules: RULES,
      parts: [],
      decisions: [],
      escalationId: null,
      patientHint: null,
      endpoint: null,
      carry: null,
      ...over,
    });
    return task;
  };
  const minutes = ({ dueAt }: WorkflowTask): number | null => (dueAt === null ? null : (dueAt - T0) / MINUTE);

  it('is the time of role and priority, else of the role, else none', async () => {
    const [stat, routine, clerk] = [
      await created(),
      await created({ discriminator: 'r', priority: 'routine' }),
      await created({ discriminator: 'c', assigned: to('clerk') }),
    ];
    assert.deepEqual([minutes(stat), minutes(routine), minutes(clerk)], [15, 60, null]);
    assert.deepEqual(stat.dueRule, RULES[0]);
    assert.equal(dueRuleFor(RULES, null, 'stat'), undefined);
  });

  it('yields to what the flow says, which holds whoever has it', async () => {
    const task = await created({ dueAt: T0 + 5 * MINUTE });
    assert.deepEqual([minutes(task), task.dueRule], [5, undefined]);
    assert.equal(minutes(await tasks.reassign(task.id, 1, to('doctor'), ANA, WHY)), 5);
  });

  it('is another with another role, counted from when the task was made, in the timeline and the audit', async () => {
    const task = await created();
    clock.advance(10 * MINUTE);
    const handed = await tasks.reassign(task.id, 1, to('doctor'), ANA, WHY);
    assert.deepEqual([minutes(handed), handed.dueRule, handed.state], [30, RULES[2], 'requested']);
    assert.deepEqual((await place.store.tasks.get(task.id))?.dueAt, handed.dueAt);
    const event = (await place.store.tasks.events(task.id)).at(-1);
    assert.ok(event?.kind === 'assigned');
    assert.deepEqual(event.due, { from: T0 + 15 * MINUTE, to: T0 + 30 * MINUTE });
    const [entry] = await place.store.audit.list({ type: 'task.assigned' });
    assert.equal(entry?.details['due'], new Date(T0 + 30 * MINUTE).toISOString());
    const again = await tasks.reassign(task.id, 2, to('doctor', 'dora'), ANA, WHY);
    assert.equal(minutes(again), 30);
    const clerk = await tasks.reassign(task.id, 3, to('clerk'), ANA, WHY);
    assert.equal(minutes(clerk), 30, 'a role without a time takes none away');
    assert.equal((await place.store.tasks.list({ overdueAt: T0 + 31 * MINUTE })).tasks.length, 1);
  });

  it('is the one of the handed task also after it was taken over', async () => {
    const task = await created({ assigned: to('clerk') });
    const claimed = await tasks.claim(task.id, 1, 'carl', ANA);
    const handed = await tasks.reassign(task.id, claimed.version, to('nurse'), ANA, WHY);
    assert.deepEqual([minutes(handed), handed.state, handed.assigned.person], [15, 'ready', null]);
  });

  const read = (dueByRole: unknown): { readonly problems: Problems; readonly rules: readonly DueRule[] | null } => {
    const problems = new Problems('intent.json');
    const owner = { name: 'Somebody', role: 'lead', contact: 'somebody@example.org' };
    const about = { title: 'T', purpose: 'P', owner, risk: 'low', feeds: [], endpoints: [], dataUsed: [] };
    const json = { kind: 'intent', format: 1, ...about, dueByRole, runbook: 'Runbook', reviewBy: '2027-01-31' };
    const intent = readIntent(json, '## Runbook\n', problems);
    return { problems, rules: intent ? dueRulesOf(intent) : null };
  };

  it('is read from the intent', () => {
    const { rules } = read([
      { role: 'nurse', priority: 'stat', due: 'PT15M' },
      { role: 'nurse', due: 'PT1H' },
      { role: 'doctor', due: 'PT30M' },
    ]);
    assert.deepEqual(rules, RULES);
  });

  for (const [name, lines] of [
    ['a time that is none', [{ role: 'nurse', due: 'soon' }]],
    ['no time at all', [{ role: 'nurse', due: 'PT0S' }]],
    ['a time beyond any follow-up', [{ role: 'nurse', due: 'P401D' }]],
    ['an unknown priority', [{ role: 'nurse', priority: 'high', due: 'PT1H' }]],
    [
      'two times for one',
      [
        { role: 'nurse', due: 'PT1H' },
        { role: 'nurse', due: 'PT2H' },
      ],
    ],
  ] as const)
    it(`is refused: ${name}`, () => {
      const { rules, problems } = read(lines);
      assert.equal(rules, null);
      assert.equal(problems.list.length, 1);
    });
});
