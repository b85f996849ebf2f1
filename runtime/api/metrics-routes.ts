/** Figures for people: what came and went by the minute, how deep the queue is, and why messages wait for somebody. */
import type { Router } from 'express';
import { FIGURES_KEPT_MS, MINUTE_MS, type Engine, type ReasonFigures } from '../../engine/index.ts';
import type { FigureSeries, QueueFigures, ReasonList } from './contract.ts';
import { answering } from './answering.ts';
import { definitionOf, isIn, partOf, within, type Part } from './part.ts';
import { invalid } from './problems.ts';
import { time } from './query.ts';

const HOUR_MS = 3_600_000;
/** Dead letters that reasons of a part are counted over, the newest. */
const MOST_DEAD = 10_000;
const PAGE = 1000;

export function metricsRoutes(router: Router, engine: Engine): void {
  const { store, clock } = engine;

  router.get(
    '/metrics/series',
    answering(async (request, response) => {
      // Sums by the minute and by lane are of the whole runtime for everybody: they name nothing and nobody.
      partOf(response);
      const asOf = clock.now();
      const until = wholeMinute(time(request, 'until') ?? asOf + MINUTE_MS);
      const since = wholeMinute(time(request, 'since') ?? until - HOUR_MS);
      if (since >= until) throw invalid('since lies before until');
      if (until - since > FIGURES_KEPT_MS)
        throw invalid('minutes are kept for a day: since and until lie too far apart');
      const answer: FigureSeries = { asOf, since, until, minutes: await store.figures.minutes(since, until) };
      response.json(answer);
    }),
  );

  router.get(
    '/metrics/queue',
    answering(async (_request, response) => {
      const part = partOf(response);
      const [lanes, backlog] = await Promise.all([store.figures.depth(), store.work.backlog()]);
      const subscriptions = backlog.filter(({ subscription }) => isIn(part, definitionOf(subscription)));
      const answer: QueueFigures = { asOf: clock.now(), lanes, subscriptions };
      response.json(answer);
    }),
  );

  router.get(
    '/metrics/reasons',
    answering(async (_request, response) => {
      const part = partOf(response);
      const reasons = part === null ? await store.figures.reasons() : await reasonsIn(engine, part);
      const answer: ReasonList = { asOf: clock.now(), reasons };
      response.json(answer);
    }),
  );
}

const wholeMinute = (at: number): number => Math.floor(at / MINUTE_MS) * MINUTE_MS;

/** The store counts reasons over all; for a part they are counted here, over its newest dead letters. */
async function reasonsIn({ store }: Engine, part: Part): Promise<readonly ReasonFigures[]> {
  const found = new Map<string, ReasonFigures>();
  for (let before: number | undefined, seen = 0; seen < MOST_DEAD; seen += PAGE) {
    const page = await store.journal.list({
      states: ['dead'],
      limit: PAGE,
      ...within(part),
      ...(before === undefined ? {} : { before }),
    });
    for (const { reason, stateSince: at } of page) {
      if (reason === null) continue;
      const { code, text } = reason;
      const known = found.get(code);
      found.set(code, {
        state: 'dead',
        code,
        text: known?.text ?? text,
        count: (known?.count ?? 0) + 1,
        oldest: Math.min(known?.oldest ?? at, at),
        newest: Math.max(known?.newest ?? at, at),
      });
    }
    before = page.at(-1)?.seq;
    if (page.length < PAGE) break;
  }
  return [...found.values()].toSorted((a, b) => b.count - a.count);
}
