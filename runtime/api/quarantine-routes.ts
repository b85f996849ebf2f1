/** Frames that could not be read: read again by the settings of now, or put away; one, or many by what they have in common. */
import type { Request, Router } from 'express';
import type { Engine, MessageSummary, RereadOutcome } from '../../engine/index.ts';
import { answering } from './answering.ts';
import { bodyOf, numberIn, objectOf, textIn } from './body.ts';
import type { QuarantineAnswer, QuarantineFilter, RereadAnswer } from './contract.ts';
import { apiErrors, conflict, notFound } from './problems.ts';
import { walkOldestFirst } from './oldest-first.ts';
import { actorOf, idOf, reasonOf } from './query.ts';

/** Messages of one call: each is parsed. */
const AT_ONCE = 100;
const COUNTED_AT_ONCE = 500;
/** Messages looked at in one call to find those that fit. */
const MOST_SEEN = 5000;
const FILTER = ['code', 'feed', 'quarantinedBefore', 'after'];

export function quarantineRoutes(router: Router, engine: Engine): void {
  router.post(
    '/messages/:id/reread',
    answering(async (request, response) => {
      const dryRun = request.query['dryRun'] === '1';
      const reason = reasonOf(request, !dryRun) ?? '';
      const outcome = await engine.intake.reread(idOf(request), { actor: actorOf(request), reason, dryRun });
      response.json(answerOf(outcome));
    }),
  );
  router.post(
    '/quarantine/reread',
    answering(async (request, response) => {
      response.json(await many(engine, request, 'reread'));
    }),
  );
  router.post(
    '/quarantine/discard',
    answering(async (request, response) => {
      response.json(await many(engine, request, 'discard'));
    }),
  );
}

function answerOf(outcome: RereadOutcome): RereadAnswer {
  switch (outcome.kind) {
    case 'accepted':
    case 'unrouted':
    case 'resend':
      return { outcome: outcome.kind, id: outcome.id };
    case 'unreadable':
      throw conflict(`it cannot be read now either (${outcome.code}): ${outcome.text}`);
    case 'feed-stopped':
      throw apiErrors.create('reread-feed-stopped', { feed: outcome.feed, reason: outcome.reason });
    case 'no-feed':
      throw conflict(`no flow has the feed ${outcome.feed} any more`);
    case 'cut':
      throw conflict('only a part of it was received, so it is not read as a whole');
    case 'no-body':
      throw conflict('its bytes were removed by retention');
    case 'not-quarantined':
      throw conflict('it is not in quarantine');
    case 'unknown':
      throw notFound('message');
    default:
      return outcome satisfies never;
  }
}

async function many(engine: Engine, request: Request, action: 'reread' | 'discard'): Promise<QuarantineAnswer> {
  const dryRun = request.query['dryRun'] === '1';
  const actor = actorOf(request);
  const filter = filterOf(objectOf(bodyOf(request, ['filter', 'reason'])['filter'], FILTER, 'filter'));
  const reason = reasonOf(request, !dryRun) ?? '';
  const { code, feed, after } = filter;
  const page: MessageSummary[] = [];
  // Before any of them changes its state: the next call's place is in the list as it is now.
  const next = await walkOldestFirst(engine.store, {
    query: {
      states: ['quarantined'],
      ...(code === undefined ? {} : { text: code }),
      ...(feed === undefined ? {} : { feed }),
      ...(after === undefined ? {} : { after }),
    },
    fits: (one) => fits(one, filter),
    take: (one) => page.push(one) > 0,
    most: dryRun ? COUNTED_AT_ONCE : AT_ONCE,
    mostSeen: MOST_SEEN,
  });
  let done = 0;
  for (const { id } of page)
    if (action === 'discard') done += dryRun ? 1 : (await discardQuarantined(engine, id, actor, reason)).length;
    else if (wasRead(await engine.intake.reread(id, { actor, reason, dryRun }))) done++;
  return { messages: page.length, done, stay: page.length - done, next };
}

const wasRead = ({ kind }: RereadOutcome): boolean => kind === 'accepted' || kind === 'unrouted' || kind === 'resend';

const fits = (one: MessageSummary, { code, quarantinedBefore }: QuarantineFilter): boolean =>
  (code === undefined || one.reason?.code === code) &&
  (quarantinedBefore === undefined || one.stateSince < quarantinedBefore);

/** Ids of what was put away: its own, or none. */
export async function discardQuarantined(
  { store, clock, live }: Engine,
  id: string,
  actor: string,
  reason: string,
): Promise<readonly string[]> {
  const at = clock.now();
  const audit = { at, type: 'message.discarded', actor, messageId: id, details: {}, reason };
  if ((await store.journal.discardQuarantined(id, at, audit)) !== 'discarded') return [];
  live.publish({ kind: 'message', id });
  return [id];
}

function filterOf(body: Readonly<Record<string, unknown>>): QuarantineFilter {
  const filter = {
    code: textIn(body, 'code'),
    feed: textIn(body, 'feed'),
    quarantinedBefore: numberIn(body, 'quarantinedBefore'),
    after: numberIn(body, 'after'),
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}
