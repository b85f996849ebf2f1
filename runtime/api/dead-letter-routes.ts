/** Many dead letters at once, by filter: the oldest first, so that messages of one patient keep their order. */
import type { Request, Router } from 'express';
import type { AuditEntry, Engine, MessageSummary, WorkView } from '../../engine/index.ts';
import type { DeadLetterAnswer, DeadLetterFilter } from './contract.ts';
import { answering } from './answering.ts';
import { bodyOf, numberIn, objectOf, textIn } from './body.ts';
import { walkOldestFirst } from './oldest-first.ts';
import { owedToPeople } from './owed-to-people.ts';
import { demandOneIn, isIn, partOf, within, type Part } from './part.ts';
import { actorOf, reasonOf } from './query.ts';

/** Messages of one call: it holds a browser's request open. */
const AT_ONCE = 200;
const COUNTED_AT_ONCE = 1000;
/** Messages looked at in one call to find those that fit. */
const MOST_SEEN = 5000;
/** Each question for newer items walks over what came later; no index is kept for it. */
const ORDER_WITHIN_MS = 1500;

const FILTER = ['code', 'definition', 'feed', 'type', 'since', 'until', 'deadBefore', 'after'];

interface Found {
  readonly message: MessageSummary;
  readonly dead: readonly WorkView[];
  /** Dead as well, and left as it is. */
  readonly spared: number;
}

const NOTHING: ReadonlySet<string> = new Set();

export function deadLetterRoutes(router: Router, engine: Engine): void {
  router.post(
    '/dead-letters/redrive',
    answering(async (request, response) => {
      response.json(await settle(engine, request, partOf(response), 'redrive'));
    }),
  );
  router.post(
    '/dead-letters/discard',
    answering(async (request, response) => {
      response.json(await settle(engine, request, partOf(response), 'discard'));
    }),
  );
}

async function settle(
  engine: Engine,
  request: Request,
  part: Part,
  action: 'redrive' | 'discard',
): Promise<DeadLetterAnswer> {
  const { store, clock, dispatcher, live } = engine;
  const dryRun = request.query['dryRun'] === '1';
  const actor = actorOf(request);
  const filter = filterOf(objectOf(bodyOf(request, ['filter', 'reason'])['filter'], FILTER, 'filter'));
  const reason = reasonOf(request, !dryRun) ?? '';
  if (filter.definition !== undefined) demandOneIn(part, [filter.definition]);
  const { found, next } = await chosen(engine, filter, part, action, dryRun ? COUNTED_AT_ONCE : AT_ONCE);
  const answer = await counted(engine, found, next);
  if (dryRun) return answer;

  let items = 0;
  for (const { message, dead } of found) {
    if (dead.length === 0) continue;
    for (const item of dead) {
      const at = clock.now();
      const entry: AuditEntry = {
        at,
        type: action === 'redrive' ? 'work.redriven' : 'work.discarded',
        actor,
        messageId: message.id,
        workId: item.id,
        definition: item.definition,
        details: { bulk: true },
        reason,
      };
      const outcome =
        action === 'redrive'
          ? await store.work.redrive(item.id, at, entry)
          : await store.work.discard(item.id, at, reason, entry);
      if (outcome === 'redriven' || outcome === 'discarded') items++;
    }
    live.publish({ kind: 'message', id: message.id });
  }
  dispatcher.wake();
  return { ...answer, items };
}

/** Those of the messages that fit which have something to redrive or discard, at most `most` of them. */
async function chosen(
  { store }: Engine,
  filter: DeadLetterFilter,
  part: Part,
  action: 'redrive' | 'discard',
  most: number,
): Promise<{ readonly found: readonly Found[]; readonly next: number | null }> {
  const { code, definition, feed, type, since, until, deadBefore, after } = filter;
  const found: Found[] = [];
  const next = await walkOldestFirst(store, {
    query: {
      states: ['dead'],
      ...within(part),
      ...(code === undefined ? {} : { text: code }),
      ...(feed === undefined ? {} : { feed }),
      ...(type === undefined ? {} : { type }),
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
      ...(after === undefined ? {} : { after }),
    },
    fits: (one) =>
      (code === undefined || one.reason?.code === code) &&
      (definition === undefined || one.definitions.includes(definition)) &&
      (deadBefore === undefined || one.stateSince < deadBefore),
    async take(message) {
      const work = await store.work.ofMessage(message.id);
      const dead = work.filter((item) => item.state === 'dead' && fits(item, filter) && isIn(part, item.definition));
      const owed = action === 'discard' ? await owedToPeople({ store }, message.id, work) : NOTHING;
      const own = dead.filter(({ id }) => !owed.has(id));
      found.push({ message, dead: own, spared: dead.length - own.length });
      return own.length > 0;
    },
    most,
    mostSeen: MOST_SEEN,
  });
  return { found, next };
}

/** A message can have items of several flows: only those of the one asked for. */
const fits = (item: WorkView, { definition }: DeadLetterFilter): boolean =>
  definition === undefined || item.definition === definition;

async function counted(
  { store, dispatcher }: Engine,
  found: readonly Found[],
  next: number | null,
): Promise<DeadLetterAnswer> {
  const items = found.flatMap(({ dead }) => dead);
  let effectsDone = 0;
  let effectsUncertain = 0;
  for (const { message, dead } of found) {
    const own = new Set(dead.map((item) => item.id));
    for (const { workId, state } of await store.effects.ofMessage(message.id)) {
      if (!own.has(workId)) continue;
      if (state === 'done') effectsDone++;
      else if (state === 'ambiguous') effectsUncertain++;
    }
  }
  let doneAfter = 0;
  let looked = 0;
  const end = performance.now() + ORDER_WITHIN_MS;
  for (const item of items) {
    if (performance.now() > end) break;
    doneAfter += await store.work.doneAfter(item.id);
    looked++;
  }
  return {
    messages: found.filter(({ dead }) => dead.length > 0).length,
    items: items.length,
    spared: found.reduce((sum, { spared }) => sum + spared, 0),
    doneAfter,
    doneAfterComplete: looked === items.length,
    withoutSource: items.filter(({ subscription }) => !dispatcher.serves(subscription)).length,
    effectsDone,
    effectsUncertain,
    more: next !== null,
    next,
  };
}

function filterOf(body: Readonly<Record<string, unknown>>): DeadLetterFilter {
  const filter = {
    code: textIn(body, 'code'),
    definition: textIn(body, 'definition'),
    feed: textIn(body, 'feed'),
    type: textIn(body, 'type'),
    since: numberIn(body, 'since'),
    until: numberIn(body, 'until'),
    deadBefore: numberIn(body, 'deadBefore'),
    after: numberIn(body, 'after'),
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}
