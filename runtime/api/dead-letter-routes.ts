/** Many dead letters at once, by filter: the oldest first, so that messages of one patient keep their order. */
import type { Request, Router } from 'express';
import type { AuditEntry, Engine, MessageSummary, WorkView } from '../../engine/index.ts';
import type { DeadLetterAnswer, DeadLetterFilter } from './contract.ts';
import { answering } from './answering.ts';
import { bodyOf, numberIn, objectOf, textIn } from './body.ts';
import { owedToPeople } from './owed-to-people.ts';
import { demandOneIn, isIn, partOf, within, type Part } from './part.ts';
import { actorOf, reasonOf } from './query.ts';

/** Messages of one call: it holds a browser's request open. */
const AT_ONCE = 200;
const COUNTED_AT_ONCE = 1000;
/** Messages whose work is looked at in one call. */
const MOST_LOOKED = 5000;
/** Messages looked at to find those that fit. */
const MOST_SEEN = 100_000;
const PAGE = 1000;
/** Each question for newer items walks over what came later; no index is kept for it. */
const ORDER_WITHIN_MS = 1500;

const FILTER = ['code', 'definition', 'feed', 'type', 'since', 'until', 'deadBefore'];

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
  const { found, more } = await chosen(engine, filter, part, action, dryRun ? COUNTED_AT_ONCE : AT_ONCE);
  const answer = await counted(engine, found, more);
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
  engine: Engine,
  filter: DeadLetterFilter,
  part: Part,
  action: 'redrive' | 'discard',
  most: number,
): Promise<{ readonly found: readonly Found[]; readonly more: boolean }> {
  const fitting = await messagesOf(engine, filter, part);
  const found: Found[] = [];
  let looked = 0;
  let taken = 0;
  for (const message of fitting.slice(0, MOST_LOOKED)) {
    if (taken === most) break;
    looked++;
    const work = await engine.store.work.ofMessage(message.id);
    const dead = work.filter((item) => item.state === 'dead' && fits(item, filter) && isIn(part, item.definition));
    const owed = action === 'discard' ? await owedToPeople(engine, message.id, work) : NOTHING;
    const own = dead.filter(({ id }) => !owed.has(id));
    found.push({ message, dead: own, spared: dead.length - own.length });
    // What is spared is found by each call: it must not keep the others from their turn.
    if (own.length > 0) taken++;
  }
  return { found, more: fitting.length > looked };
}

/** Those that fit, the oldest first. */
async function messagesOf({ store }: Engine, filter: DeadLetterFilter, part: Part): Promise<readonly MessageSummary[]> {
  const { code, definition, feed, type, since, until, deadBefore } = filter;
  const found: MessageSummary[] = [];
  let before: number | undefined;
  for (let seen = 0; seen < MOST_SEEN;) {
    const page = await store.journal.list({
      states: ['dead'],
      limit: PAGE,
      ...within(part),
      ...(code === undefined ? {} : { text: code }),
      ...(feed === undefined ? {} : { feed }),
      ...(type === undefined ? {} : { type }),
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
      ...(before === undefined ? {} : { before }),
    });
    found.push(
      ...page.filter(
        (one) =>
          (code === undefined || one.reason?.code === code) &&
          (definition === undefined || one.definitions.includes(definition)) &&
          (deadBefore === undefined || one.stateSince < deadBefore),
      ),
    );
    seen += page.length;
    before = page.at(-1)?.seq;
    if (page.length < PAGE) break;
  }
  return found.toReversed();
}

/** A message can have items of several flows: only those of the one asked for. */
const fits = (item: WorkView, { definition }: DeadLetterFilter): boolean =>
  definition === undefined || item.definition === definition;

async function counted(
  { store, dispatcher }: Engine,
  found: readonly Found[],
  more: boolean,
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
    more,
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
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}
