/** What people report of flows, and what comes of it. Its words are clinical: audited details and live changes have none of them. */
import type { Request, Response, Router } from 'express';
import {
  LONGEST_PROBLEM_TEXT,
  PROBLEM_KINDS,
  PROBLEM_STATES,
  WardflowError,
  type Engine,
  type ProblemKind,
  type ProblemQuery,
  type ProblemReport,
  type ProblemState,
} from '../../engine/index.ts';
import { answering } from './answering.ts';
import { bodyOf, neededText, oneOf, seenIn, textIn, type Body } from './body.ts';
import { messageLabels } from './message-labels.ts';
import { demandOneIn, partOf, within, type Part } from './part.ts';
import { invalid, notFound, Outdated } from './problems.ts';
import { actorOf, idOf, limitOf, text, time } from './query.ts';
import type { ProblemList } from './task-contract.ts';

const ID = /^[\w.:-]{1,128}$/;

export function problemRoutes(router: Router, { store, clock, problems }: Engine): void {
  async function views(reports: readonly ProblemReport[]): Promise<ProblemList['problems']> {
    const labelOf = await messageLabels(
      store,
      reports.map(({ messageId }) => messageId),
    );
    return reports.map((report) => ({ ...report, message: labelOf(report.messageId) }));
  }

  router.get(
    '/problems',
    answering(async (request, response) => {
      const part = partOf(response);
      const query = problemQuery(request, part);
      const page = await store.problems.list(query);
      const { shown, next } = wholeMoments(page, query.limit ?? 0);
      const answer: ProblemList = {
        asOf: clock.now(),
        problems: await views(shown),
        counts: await store.problems.counts(within(part)),
        next,
      };
      response.json(answer);
    }),
  );

  async function found(request: Request, response: Response): Promise<ProblemReport> {
    const part = partOf(response);
    const report = await store.problems.get(idOf(request));
    demandOneIn(part, [report?.definition ?? '']);
    if (!report) throw notFound('report of a problem');
    return report;
  }

  router.get(
    '/problems/:id',
    answering(async (request, response) => {
      const [view] = await views([await found(request, response)]);
      response.json(view);
    }),
  );

  /** What is reported lies in the caller's part, whatever it is reported by. */
  async function demandAbout(part: Part, body: Body): Promise<void> {
    if (part === null) return;
    const [message, task, alert] = [idIn(body, 'messageId'), idIn(body, 'taskId'), idIn(body, 'alertId')];
    if (task !== undefined) demandOneIn(part, [(await store.tasks.get(task))?.definition ?? '']);
    if (alert !== undefined) demandOneIn(part, [(await store.alerts.get(alert))?.definition ?? '']);
    if (message !== undefined) demandOneIn(part, (await store.journal.get(message))?.definitions ?? []);
  }

  router.post(
    '/problems',
    answering(async (request, response) => {
      const part = partOf(response);
      const by = actorOf(request);
      const body = bodyOf(request, ['kind', 'text', 'messageId', 'taskId', 'alertId']);
      const kind = oneOf(body, 'kind', PROBLEM_KINDS);
      const words = neededText(body, 'text', LONGEST_PROBLEM_TEXT);
      await demandAbout(part, body);
      const report = await problems.report({
        kind,
        text: words,
        by,
        messageId: idIn(body, 'messageId'),
        taskId: idIn(body, 'taskId'),
        alertId: idIn(body, 'alertId'),
        among: part ?? undefined,
      });
      response.status(201).json(report);
    }),
  );

  router.post(
    '/problems/:id',
    answering(async (request, response) => {
      const report = await found(request, response);
      const actor = actorOf(request);
      const body = bodyOf(request, ['seen', 'state', 'assignee', 'answer', 'proposal']);
      const change = {
        seen: seenIn(body),
        state: body['state'] === undefined ? undefined : oneOf(body, 'state', PROBLEM_STATES),
        assignee: textOrNull(body, 'assignee', 100),
        answer: textIn(body, 'answer', LONGEST_PROBLEM_TEXT),
        proposal: textOrNull(body, 'proposal', 128),
      };
      try {
        response.json(await problems.triage(report.id, change, actor));
      } catch (error) {
        if (!(error instanceof WardflowError) || error.code !== 'problem-stale') throw error;
        const [now] = await views([(await store.problems.get(report.id)) ?? report]);
        throw new Outdated(error, now);
      }
    }),
  );
}

function problemQuery(request: Request, part: Part): ProblemQuery {
  const states = text(request, 'state')?.split(',');
  if (states?.some((state) => !(PROBLEM_STATES as readonly string[]).includes(state)))
    throw invalid(`state takes ${PROBLEM_STATES.join(', ')}`);
  const kind = text(request, 'kind');
  if (kind !== undefined && !(PROBLEM_KINDS as readonly string[]).includes(kind))
    throw invalid(`kind takes ${PROBLEM_KINDS.join(', ')}`);
  const mine = text(request, 'mine');
  if (mine !== undefined && mine !== '1') throw invalid('mine takes 1');
  const definition = text(request, 'definition');
  const messageId = text(request, 'message');
  const [since, before] = [time(request, 'since'), time(request, 'before')];
  const definitions =
    definition === undefined ? {} : { definitions: part?.has(definition) === false ? [] : [definition] };
  return {
    ...within(part),
    ...definitions,
    ...(states && { states: states as readonly ProblemState[] }),
    ...(kind !== undefined && { kind: kind as ProblemKind }),
    ...(messageId !== undefined && { messageId }),
    ...(mine !== undefined && { by: actorOf(request) }),
    ...(since !== undefined && { since }),
    ...(before !== undefined && { before }),
    limit: limitOf(request),
  };
}

/** Pages are cut between moments, so that none of several reports of one moment is left out. */
function wholeMoments(
  page: readonly ProblemReport[],
  limit: number,
): { readonly shown: readonly ProblemReport[]; readonly next: number | null } {
  const last = page.at(-1);
  if (!last || page.length < limit) return { shown: page, next: null };
  const shown = page.filter(({ at }) => at > last.at);
  return shown.length === 0 ? { shown: page, next: last.at } : { shown, next: last.at + 1 };
}

function idIn(body: Body, name: string): string | undefined {
  const id = textIn(body, name);
  if (id !== undefined && !ID.test(id)) throw invalid(`${name} is not an id`);
  return id;
}

/** `undefined`: stays; `null`: taken away. */
function textOrNull(body: Body, name: string, longest: number): string | null | undefined {
  return body[name] === null ? null : textIn(body, name, longest);
}
