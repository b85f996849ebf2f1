/** What people owe, and what they do about it. Whose turn it is: task-turn.ts. */
import type { Request, Response, Router } from 'express';
import {
  copiesNamed,
  isTaskReference,
  TASK_STEPS,
  taskErrors,
  WardflowError,
  type DefinitionSet,
  type Engine,
  type Roster,
  type TaskQuery,
  type WorkflowTask,
} from '../../engine/index.ts';
import { answering } from './answering.ts';
import { bodyOf, neededText, oneOf, seenIn, type Body } from './body.ts';
import { demandOneIn, partOf } from './part.ts';
import { apiErrors, invalid, notFound, Outdated } from './problems.ts';
import { callerOf, idOf, type Caller } from './query.ts';
import type { TaskList } from './task-contract.ts';
import { areaOf, assignmentIn, mineOf, neededReason, reasonIn, taskQuery, viewOf } from './task-requests.ts';
import { LONGEST_SEARCH, wordsIn } from './task-search.ts';
import { demandTurn } from './task-turn.ts';
import { taskDetail, taskView, taskViews } from './task-views.ts';

const PART_STATES = ['open', 'done', 'skipped'] as const;
const LONGEST_COMMENT = 4_000;
const LONGEST_LINE = 500;

export function taskRoutes(router: Router, engine: Engine, definitions: () => DefinitionSet): void {
  const { store, clock, tasks, roster } = engine;

  const listing = (wordsOf: (request: Request) => string | null) =>
    answering(async (request, response) => {
      const part = partOf(response);
      const search = wordsOf(request);
      const current = await roster.current();
      const asOf = clock.now();
      const { view, caller } = viewOf(request);
      const covers = caller?.person ? current.rolesOf(caller.person, asOf) : [];
      const query: TaskQuery = {
        ...taskQuery(request, part, asOf),
        ...(view === 'mine' && { mine: mineOf(caller?.person ?? null, covers) }),
        ...(view === 'unit' && { area: areaOf(covers) }),
      };
      const { states: _, order: __, after: ___, limit: ____, ...filter } = query;
      const listed = async (): Promise<Awaited<ReturnType<typeof store.tasks.list>> & { readonly looked?: number }> =>
        search === null
          ? store.tasks.list(query)
          : store.tasks.search(query, await wordsIn(engine, search, current, part));
      const [{ tasks: found, next, looked }, counts] = await Promise.all([listed(), store.tasks.counts(filter, asOf)]);
      const answer: TaskList = {
        asOf,
        tasks: await taskViews(engine, found),
        counts,
        next,
        covers,
        roster: current.entries.length > 0,
        ...(looked !== undefined && { looked }),
      };
      response.json(answer);
    });

  router.get(
    '/tasks',
    listing(() => null),
  );
  router.post(
    '/tasks/search',
    listing((request) => neededText(bodyOf(request, ['words']), 'words', LONGEST_SEARCH)),
  );

  router.get(
    '/tasks/:id',
    answering(async (request, response) => {
      response.json(await taskDetail(engine, await taskOf(request, response), definitions(), partOf(response)));
    }),
  );

  async function taskOf(request: Request, response: Response): Promise<WorkflowTask> {
    const part = partOf(response);
    const { id } = request.params;
    const named = typeof id === 'string' && isTaskReference(id);
    const task = named ? await ofReference(id) : await store.tasks.get(idOf(request));
    // Before 404: what lies outside the part is not told to be there or not.
    demandOneIn(part, [task?.definition ?? '']);
    if (!task) throw notFound('task');
    return task;
  }

  /** Whose copy in the EHR is called so; several servers may have a Task of that name. */
  async function ofReference(reference: string): Promise<WorkflowTask | undefined> {
    const found = await copiesNamed(store.tasks, reference);
    if (found.length > 1) throw invalid(`${reference} is at ${found.length} endpoints: name the task by its own id`);
    return found[0] && store.tasks.get(found[0].id);
  }

  interface Acting {
    readonly task: WorkflowTask;
    readonly caller: Caller;
    readonly body: Body;
    readonly current: Roster;
  }

  /** A change of one task: the body is read, the task is in the caller's part, and nobody was faster. */
  const changing = (members: readonly string[], change: (acting: Acting) => Promise<WorkflowTask>) =>
    answering(async (request, response) => {
      partOf(response);
      const caller = callerOf(request);
      const body = bodyOf(request, members);
      const seen = members.includes('seen') ? seenIn(body) : null;
      const task = await taskOf(request, response);
      try {
        // Before whose turn it is: that may be what has changed.
        if (seen !== null && task.version !== seen) throw taskErrors.create('task-stale', { state: task.state });
        const changed = await change({ task, caller, body, current: await roster.current() });
        response.json(await taskView(engine, changed));
      } catch (error) {
        throw await outdated(error, task.id);
      }
    });

  /** Somebody was faster: their change is what the caller wants to see now. */
  async function outdated(error: unknown, id: string): Promise<unknown> {
    if (!(error instanceof WardflowError) || error.code !== 'task-stale') return error;
    const now = await store.tasks.get(id);
    return now ? new Outdated(error, await taskView(engine, now)) : error;
  }

  router.post(
    '/tasks/:id/step',
    changing(['seen', 'step', 'reason'], ({ task, caller, body, current }) => {
      const step = oneOf(body, 'step', TASK_STEPS);
      if (step === 'reassign') throw invalid('step takes no reassign: /assign says to whom');
      const reason = reasonIn(body);
      demandTurn(task, caller, current, clock.now());
      return tasks.take(task.id, seenIn(body), step, caller, reason);
    }),
  );

  router.post(
    '/tasks/:id/claim',
    changing(['seen'], ({ task, caller, body, current }) => {
      demandTurn(task, caller, current, clock.now());
      if (caller.person === null) throw apiErrors.create('task-not-yours');
      return tasks.claim(task.id, seenIn(body), caller.person, caller);
    }),
  );

  router.post(
    '/tasks/:id/assign',
    changing(['seen', 'to', 'reason'], ({ task, caller, body }) =>
      tasks.reassign(task.id, seenIn(body), assignmentIn(body), caller, neededReason(body)),
    ),
  );

  router.post(
    '/tasks/:id/part',
    changing(['seen', 'part', 'to', 'reason'], ({ task, caller, body, current }) => {
      const part = neededText(body, 'part', 100);
      const to = oneOf(body, 'to', PART_STATES);
      const reason = reasonIn(body);
      const role = task.parts.find(({ id }) => id === part)?.role ?? null;
      demandTurn(task, caller, current, clock.now(), role);
      return tasks.setPart(task.id, seenIn(body), part, to, caller, reason);
    }),
  );

  router.post(
    '/tasks/:id/comment',
    changing(['text'], ({ task, caller, body }) =>
      tasks.comment(task.id, neededText(body, 'text', LONGEST_COMMENT), caller),
    ),
  );

  router.post(
    '/tasks/:id/override',
    changing(['seen', 'what', 'instead', 'reason'], ({ task, caller, body }) => {
      const said = { what: neededText(body, 'what', LONGEST_LINE), instead: neededText(body, 'instead', LONGEST_LINE) };
      return tasks.override(task.id, seenIn(body), said, caller, neededReason(body));
    }),
  );

  router.post(
    '/tasks/:id/ehr',
    changing(['seen', 'side', 'reason'], async ({ task, caller, body }) => {
      const side = oneOf(body, 'side', ['ours', 'theirs'] as const);
      const reason = neededText(body, 'reason', LONGEST_LINE);
      await engine.ehrCopies.settle(task.id, seenIn(body), side, { actor: caller.actor, reason });
      return (await store.tasks.get(task.id)) ?? task;
    }),
  );
}
