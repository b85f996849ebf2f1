/**
 * Gives up what is dead of a message; what waits or is parked only where that is asked for: it may be another flow's work,
 * which goes on by itself.
 */
import type { Router } from 'express';
import type { Engine, WorkView } from '../../engine/index.ts';
import { ALARM_SOURCE } from '../death-alarm.ts';
import { answering } from './answering.ts';
import { bodyOf, type Body } from './body.ts';
import type { DiscardAnswer } from './contract.ts';
import { owedToPeople } from './owed-to-people.ts';
import { demandOneIn, isIn, partOf, type Part } from './part.ts';
import { conflict, invalid, notFound } from './problems.ts';
import { discardQuarantined } from './quarantine-routes.ts';
import { actorOf, idOf, reasonOf } from './query.ts';
import { auditOfWork } from './work-audit.ts';

/** Of one call. */
const MOST_WORK = 200;

export function discardRoute(router: Router, engine: Engine): void {
  const { store, clock, live } = engine;

  router.post(
    '/messages/:id/discard',
    answering(async (request, response) => {
      const id = idOf(request);
      const actor = actorOf(request);
      const dryRun = request.query['dryRun'] === '1';
      const asked = askedFor(bodyOf(request, ['reason', 'all', 'work']));
      const reason = reasonOf(request, !dryRun) ?? '';
      const message = await store.journal.get(id);
      if (!message) throw notFound('message');
      const part = partOf(response);
      // A frame that could not be read is nobody's part, though somebody may want to hear of it.
      demandOneIn(part, message.state === 'quarantined' ? [] : message.definitions);
      if (message.state === 'quarantined') {
        const discarded = dryRun ? [] : await discardQuarantined(engine, id, actor, reason);
        response.json({ discarded, items: [] } satisfies DiscardAnswer);
        return;
      }
      const meant = await meantOf(engine, id, part, asked);
      const discarded: string[] = [];
      if (!dryRun)
        for (const item of meant) {
          const at = clock.now();
          const entry = auditOfWork('work.discarded', at, actor, item, reason, {});
          if ((await store.work.discard(item.id, at, reason, entry)) === 'discarded') discarded.push(item.id);
        }
      if (discarded.length > 0) {
        engine.dispatcher.wake();
        live.publish({ kind: 'message', id });
      }
      const items = meant.map(({ id: workId, definition, subscription, state }) => ({
        id: workId,
        definition,
        subscription,
        state,
      }));
      response.json({ discarded, items } satisfies DiscardAnswer);
    }),
  );
}

type Asked = 'dead' | 'all' | ReadonlySet<string>;

function askedFor(body: Body): Asked {
  const { all, work } = body;
  if (all !== undefined && typeof all !== 'boolean') throw invalid('all takes true or false');
  if (work === undefined) return all === true ? 'all' : 'dead';
  if (all !== undefined) throw invalid('only one of all and work can be given');
  const areIds = Array.isArray(work) && work.every((one) => typeof one === 'string' && one.length <= 128);
  if (!areIds || work.length === 0 || work.length > MOST_WORK) throw invalid(`work takes 1 to ${MOST_WORK} ids`);
  return new Set(work as readonly string[]);
}

async function meantOf({ store }: Engine, messageId: string, part: Part, asked: Asked): Promise<readonly WorkView[]> {
  const work = await store.work.ofMessage(messageId);
  const owed = await owedToPeople({ store }, messageId, work);
  const open = work.filter(
    ({ id, state, subscription, definition }) =>
      isIn(part, definition) &&
      (state === 'dead' || ((state === 'waiting' || state === 'parked') && subscription !== ALARM_SOURCE)) &&
      !owed.has(id),
  );
  const meant = open.filter(({ id, state }) =>
    asked === 'dead' ? state === 'dead' : asked === 'all' || asked.has(id),
  );
  if (asked instanceof Set && meant.length < asked.size)
    throw conflict('some of the work named is not dead, waiting or parked, or belongs to an escalation that is open');
  if (meant.length === 0 && asked === 'dead')
    throw conflict('none of its work is dead; what waits or is parked is discarded where all of it is asked for');
  if (meant.length === 0) throw conflict('none of its work is dead, waiting or parked outside an open escalation');
  return meant.slice(0, MOST_WORK);
}
