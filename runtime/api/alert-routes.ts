/** Alerts as people meet them: listed, looked at, taken over, acted on and closed; and what was held back, by which rule. */
import type { Request, RequestHandler, Router } from 'express';
import {
  ALERT_DISMISSALS,
  ALERT_STATES,
  type AlertDismissal,
  type AlertQuery,
  type AlertRecord,
  type AlertState,
  type DefinitionSet,
  type Engine,
  type MessageSummary,
  type WorkflowTask,
} from '../../engine/index.ts';
import { answering } from './answering.ts';
import { ACTOR_HEADER } from './contract.ts';
import { cutAtTies } from './cut-at-ties.ts';
import { bodyOf, objectOf, textIn, type Body } from './body.ts';
import { messageLabels } from './message-labels.ts';
import { demandOneIn, isIn, partOf, within, type Part } from './part.ts';
import { patientNow } from './patient-now.ts';
import { invalid, notFound } from './problems.ts';
import { actorOf, callerOf, idOf, limitOf, text, time, type Caller } from './query.ts';
import { isTurnOf } from './task-turn.ts';
import { waitingFor } from './on-worklist.ts';
import type { AlertDetail, AlertList, AlertView, HeldBackList } from './task-contract.ts';

const LONGEST_TEXT = 500;
/** Of one group, the newest: in a storm there are more, and they are counted. */
const MOST_HELD_BACK = 200;

export function alertRoutes(router: Router, engine: Engine, definitions: () => DefinitionSet): void {
  const { store, clock, alerts } = engine;

  const viewOf = async (alert: AlertRecord): Promise<AlertView> =>
    alertView(alert, await store.journal.get(alert.messageId));

  async function found(id: string, part: Part): Promise<AlertRecord> {
    const alert = await store.alerts.get(id);
    // Before 404: what lies outside the part is not told to be there or not.
    demandOneIn(part, [alert?.definition ?? '']);
    if (!alert) throw notFound('alert');
    return alert;
  }

  router.get(
    '/alerts',
    answering(async (request, response) => {
      const states = text(request, 'state')?.split(',');
      if (states?.some((state) => !(ALERT_STATES as readonly string[]).includes(state)))
        throw invalid(`state takes ${ALERT_STATES.join(', ')}`);
      const query = queryOf(request, partOf(response));
      const { before: _, limit, ...counted } = query;
      const page = await store.alerts.list({ ...query, ...(states && { states: states as readonly AlertState[] }) });
      const [rows, next] = cutAtTies(page, limit, ({ startedAt }) => startedAt);
      const labelOf = await messageLabels(
        store,
        rows.map(({ messageId }) => messageId),
      );
      const caller = request.get(ACTOR_HEADER) === undefined ? null : callerOf(request);
      const answer: AlertList = {
        asOf: clock.now(),
        alerts: rows.map((row) => {
          // What people wrote is for whoever looks at one.
          const { acts: _, ...one } = row;
          return alertView(one, labelOf(one.messageId));
        }),
        counts: await store.alerts.counts(counted),
        next,
        waiting: states?.includes('open') ? await waitingFor(engine, caller, counted) : 0,
      };
      response.json(answer);
    }),
  );

  router.get(
    '/alerts/held-back',
    answering(async (request, response) => {
      const heldBack = await store.alerts.heldBackList(queryOf(request, partOf(response)));
      const answer: HeldBackList = { asOf: clock.now(), heldBack };
      response.json(answer);
    }),
  );

  router.get(
    '/alerts/:id',
    answering(async (request, response) => {
      const part = partOf(response);
      const alert = await found(idOf(request), part);
      const tasks = await engine.taskAlerts.tasksOf(alert);
      const { group, startedAt, definition: name } = alert;
      const answer: AlertDetail = {
        asOf: clock.now(),
        alert: await viewOf(alert),
        tasks: tasks.map(({ id, title, state }) => ({ id, title, state })),
        heldBack: await store.alerts.heldBackList({
          group,
          definitions: [name],
          since: startedAt,
          limit: MOST_HELD_BACK,
        }),
        definition: { name, title: definitions().byName(name)?.intent.title ?? name },
        patient: await patientNow(
          store,
          alert.patient,
          part,
          tasks.map(({ id }) => id),
        ),
      };
      response.json(answer);
    }),
  );

  const taking = (
    members: readonly string[],
    take: (id: string, body: Body, actor: string, caller: Caller) => Promise<AlertRecord>,
  ): RequestHandler =>
    answering(async (request, response) => {
      const actor = actorOf(request);
      const id = idOf(request);
      await found(id, partOf(response));
      const body = bodyOf(request, members);
      response.json(await viewOf(await take(id, body, actor, callerOf(request))));
    });

  router.post(
    '/alerts/:id/open',
    taking([], (id, _body, actor) => alerts.open(id, actor)),
  );
  router.post(
    '/alerts/:id/acknowledge',
    taking(['seen'], async (id, body, actor, caller) => {
      const [roster, at] = [await engine.roster.current(), clock.now()];
      const mayTake = (task: WorkflowTask): boolean => isTurnOf(task, caller, roster, at);
      return (await engine.taskAlerts.acknowledge(id, seenIn(body), actor, mayTake)).alert;
    }),
  );
  router.post(
    '/alerts/:id/act',
    taking(['seen', 'what'], (id, body, actor) =>
      alerts.act(id, seenIn(body), textIn(body, 'what', LONGEST_TEXT) ?? '', actor),
    ),
  );
  router.post(
    '/alerts/:id/close',
    taking(['seen', 'dismissal'], (id, body, actor) => alerts.close(id, seenIn(body), dismissalIn(body), actor)),
  );
}

/** `message`: the one that started it, or nothing where it is not kept any more. */
export function alertView(
  alert: AlertRecord,
  message: Pick<MessageSummary, 'controlId' | 'type' | 'patientHint'> | undefined,
): AlertView {
  const { controlId = null, type = null, patientHint = null } = message ?? {};
  return { ...alert, message: { controlId, type, patientHint } };
}

function queryOf(request: Request, part: Part): Omit<AlertQuery, 'states'> & { readonly limit: number } {
  const [policy, definition, messageId] = ['policy', 'definition', 'message'].map((name) => text(request, name));
  const [since, before] = [time(request, 'since'), time(request, 'before')];
  return {
    ...within(part),
    ...(definition !== undefined && { definitions: isIn(part, definition) ? [definition] : [] }),
    ...(policy !== undefined && { policy }),
    ...(messageId !== undefined && { messageId }),
    ...(since !== undefined && { since }),
    ...(before !== undefined && { before }),
    limit: limitOf(request),
  };
}

function seenIn(body: Body): number {
  const seen = body['seen'];
  if (typeof seen !== 'number' || !Number.isSafeInteger(seen) || seen < 1)
    throw invalid('seen takes the version that was looked at');
  return seen;
}

function dismissalIn(body: Body): AlertDismissal | null {
  if (body['dismissal'] === undefined || body['dismissal'] === null) return null;
  const dismissal = objectOf(body['dismissal'], ['reason', 'text'], 'dismissal');
  const reason = ALERT_DISMISSALS.find((one) => one === dismissal['reason']);
  if (reason === undefined) throw invalid(`dismissal.reason takes ${ALERT_DISMISSALS.join(', ')}`);
  return { reason, text: dismissal['text'] === null ? null : (textIn(dismissal, 'text', LONGEST_TEXT) ?? null) };
}
