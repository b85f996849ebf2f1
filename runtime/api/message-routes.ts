/** Messages: list, trace, body, redrive and release. Seeing a body or searching by an identifier is audited first. */
import type { Router } from 'express';
import type { AuditEntry, Engine, WorkView } from '../../engine/index.ts';
import type { MessageDetail, MessageList, RedriveAnswer, ReleaseAnswer } from './contract.ts';
import { answering } from './answering.ts';
import { effectView, escalationView } from './clinical-views.ts';
import { createDecisionLooks } from './decision-looks.ts';
import { actorOf, idOf, messageQuery, reasonOf } from './query.ts';
import { demandOneIn, isIn, partOf, partOfMessage, within, type Part } from './part.ts';
import { conflict, notFound } from './problems.ts';
import { auditOfWork } from './work-audit.ts';

/** Longest a redrive waits before it says how many newer items are done already: one question per item. */
const MOST_WORK = 200;

export function messageRoutes(router: Router, engine: Engine): void {
  const { store, clock, live } = engine;
  const looks = createDecisionLooks(store.audit, clock);

  router.get(
    '/messages',
    answering(async (request, response) => {
      const part = partOf(response);
      const query = { ...messageQuery(request), ...within(part) };
      if (query.key) {
        const { kind, value } = query.key;
        await store.audit.append([
          {
            at: clock.now(),
            type: 'message.searched',
            actor: actorOf(request),
            details: { by: kind, value: engine.identifierMark(value) },
          },
        ]);
      }
      const { states: _, before: __, limit, ...filter } = query;
      const [messages, counts] = await Promise.all([store.journal.list(query), store.journal.counts(filter)]);
      const answer: MessageList = {
        asOf: clock.now(),
        messages: messages.map((one) => partOfMessage(part, one)),
        counts,
        next: messages.length === limit ? (messages.at(-1)?.seq ?? null) : null,
      };
      response.json(answer);
    }),
  );

  router.get(
    '/messages/:id',
    answering(async (request, response) => {
      const id = idOf(request);
      const message = await store.journal.get(id);
      if (!message) throw notFound('message');
      const part = partOf(response);
      demandOneIn(part, message.definitions);
      const [resends, work, decisions, effects, escalations, acknowledgement] = await Promise.all([
        store.journal.resends(id),
        store.work.ofMessage(id),
        store.decisions.ofMessage(id),
        store.effects.ofMessage(id),
        store.escalations.list({ messageId: id, limit: 1000 }),
        store.acknowledgements.get(message.resendOf ?? id),
      ]);
      const shown = decisions.filter((one) => isIn(part, one.definition));
      // Their inputs are values of the message.
      if (shown.length > 0) await looks.decisions(actorOf(request), id);
      const answer: MessageDetail = {
        message: partOfMessage(part, message),
        resends,
        work: work.filter((one) => isIn(part, one.definition)),
        decisions: shown,
        effects: effects.filter((one) => isIn(part, one.definition)).map(effectView),
        escalations: escalations.filter((one) => isIn(part, one.definition)).map((one) => escalationView(one, message)),
        acknowledgement: acknowledgement ?? null,
      };
      response.json(answer);
    }),
  );

  const viewed = async (id: string, part: Part, actor: string): Promise<Uint8Array> => {
    if (part !== null) demandOneIn(part, (await store.journal.get(id))?.definitions ?? []);
    const bytes = await store.journal.bytes(id);
    if (!bytes) throw notFound((await store.journal.get(id)) ? 'body any more: its retention is over' : 'message');
    const entry: AuditEntry = {
      at: clock.now(),
      type: 'message.body-viewed',
      actor,
      messageId: id,
      details: {},
    };
    await store.audit.append([entry]);
    return bytes;
  };

  router.get(
    '/messages/:id/raw',
    answering(async (request, response) => {
      const bytes = await viewed(idOf(request), partOf(response), actorOf(request));
      response.type('application/octet-stream').set('Content-Disposition', 'attachment').send(Buffer.from(bytes));
    }),
  );

  const openWork = async (id: string, part: Part, state: WorkView['state']): Promise<readonly WorkView[]> => {
    const message = await store.journal.get(id);
    if (!message) throw notFound('message');
    demandOneIn(part, message.definitions);
    const work = await store.work.ofMessage(id);
    return work.filter((item) => item.state === state && isIn(part, item.definition)).slice(0, MOST_WORK);
  };

  router.post(
    '/messages/:id/redrive',
    answering(async (request, response) => {
      const id = idOf(request);
      const actor = actorOf(request);
      const dryRun = request.query['dryRun'] === '1';
      const reason = reasonOf(request, !dryRun);
      const dead = await openWork(id, partOf(response), 'dead');
      if (dead.length === 0) throw conflict('none of its work is dead');
      const doneAfter = (await Promise.all(dead.map((item) => store.work.doneAfter(item.id)))).reduce(
        (a, b) => a + b,
        0,
      );
      const redriven: string[] = [];
      if (!dryRun)
        for (const item of dead) {
          const at = clock.now();
          const entry = auditOfWork('work.redriven', at, actor, item, reason, { doneAfter });
          if ((await store.work.redrive(item.id, at, entry)) === 'redriven') redriven.push(item.id);
        }
      if (redriven.length > 0) {
        engine.dispatcher.wake();
        live.publish({ kind: 'message', id });
      }
      const withoutSource = dead.filter(({ subscription }) => !engine.dispatcher.serves(subscription)).length;
      const answer: RedriveAnswer = { redriven, doneAfter, withoutSource };
      response.json(answer);
    }),
  );

  router.post(
    '/messages/:id/release',
    answering(async (request, response) => {
      const id = idOf(request);
      const actor = actorOf(request);
      const reason = reasonOf(request, true);
      const parked = await openWork(id, partOf(response), 'parked');
      if (parked.length === 0) throw conflict('none of its work is parked');
      const released: string[] = [];
      for (const item of parked) {
        const at = clock.now();
        const entry = auditOfWork('work.woken', at, actor, item, reason, { until: item.notBefore });
        if ((await store.work.wakeParked(item.id, at, entry)) === 'woken') released.push(item.id);
      }
      if (released.length > 0) {
        engine.dispatcher.wake();
        live.publish({ kind: 'message', id });
      }
      const answer: ReleaseAnswer = { released };
      response.json(answer);
    }),
  );
}
