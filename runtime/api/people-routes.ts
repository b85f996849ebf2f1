/** What people wait for and answer: escalations and notices at the console. */
import type { Router } from 'express';
import {
  NOTICE_SHOWN,
  type ConsoleNotice,
  type Engine,
  type EscalationQuery,
  type EscalationState,
} from '../../engine/index.ts';
import { ACTOR_HEADER, type EscalationList, type NoticeList } from './contract.ts';
import { answering } from './answering.ts';
import { escalationView } from './clinical-views.ts';
import { demandLadderTurn } from './ladder-turn.ts';
import { demandOneIn, isIn, partOf, within } from './part.ts';
import { callerOf, idOf, limitOf, reasonOf, text, time } from './query.ts';
import { conflict, invalid, notFound } from './problems.ts';
import { worklistOf } from './on-worklist.ts';

const STATES: readonly EscalationState[] = ['open', 'acknowledged', 'cancelled', 'exhausted'];
const DAY_MS = 86_400_000;

export function peopleRoutes(router: Router, engine: Engine): void {
  const { store, clock } = engine;

  router.get(
    '/escalations',
    answering(async (request, response) => {
      const states = text(request, 'state')?.split(',');
      if (states?.some((state) => !(STATES as readonly string[]).includes(state)))
        throw invalid(`state takes ${STATES.join(', ')}`);
      const messageId = text(request, 'message');
      const before = time(request, 'before');
      const query: EscalationQuery = {
        ...within(partOf(response)),
        ...(states === undefined ? {} : { states: states as readonly EscalationState[] }),
        ...(messageId === undefined ? {} : { messageId }),
        ...(before === undefined ? {} : { before }),
        limit: limitOf(request),
      };
      const escalations = await store.escalations.list(query);
      const ids = [...new Set(escalations.map((one) => one.messageId))];
      const messages = new Map(
        (await Promise.all(ids.map((id) => store.journal.get(id)))).map((one) => [one?.id, one]),
      );
      const caller = request.get(ACTOR_HEADER) === undefined ? null : callerOf(request);
      const onWorklist = await worklistOf(engine, caller);
      const waited = await Promise.all(escalations.map((one) => onWorklist(one.task)));
      const answer: EscalationList = {
        asOf: clock.now(),
        escalations: escalations.map((one, i) => ({
          ...escalationView(one, messages.get(one.messageId)),
          onWorklist: waited[i] ?? false,
        })),
      };
      response.json(answer);
    }),
  );

  router.post(
    '/escalations/:id/acknowledge',
    answering(async (request, response) => {
      const caller = callerOf(request);
      const { actor, via } = caller;
      const reason = reasonOf(request, false);
      const id = idOf(request);
      const part = partOf(response);
      const escalation = await store.escalations.get(id);
      if (part !== null) demandOneIn(part, [escalation?.definition ?? '']);
      await demandLadderTurn(engine, escalation, caller);
      const outcome = await engine.escalations.acknowledge(id, {
        actor,
        via,
        ...(reason === undefined ? {} : { reason }),
      });
      if (outcome === 'unknown') throw notFound('escalation');
      if (outcome === 'already-ended') throw conflict('the escalation has ended already');
      response.json({ outcome });
    }),
  );

  router.get(
    '/notices',
    answering(async (_request, response) => {
      const part = partOf(response);
      const records = await store.audit.list({
        type: NOTICE_SHOWN,
        since: clock.now() - DAY_MS,
        order: 'newest-first',
        limit: 500,
      });
      // A notice that was sent again is one notice to people: the first time counts.
      const notices = new Map<string, ConsoleNotice>();
      for (const { at, messageId, definition = '', details } of records)
        if (isIn(part, definition))
          notices.set(String(details['notice']), {
            id: String(details['notice']),
            at,
            escalationId: typeof details['escalation'] === 'string' ? details['escalation'] : null,
            messageId: messageId ?? '',
            definition,
            lane: String(details['lane']),
            to: String(details['to']),
            text: String(details['text']),
          });
      const answer: NoticeList = { notices: [...notices.values()].toSorted((a, b) => b.at - a.at) };
      response.json(answer);
    }),
  );
}
