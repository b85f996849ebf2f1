/** Figures for people: what came and went by the minute, how deep the queue is, and why messages wait for somebody. */
import type { Router } from 'express';
import { FIGURES_KEPT_MS, MINUTE_MS, type Engine } from '../../engine/index.ts';
import type { FigureSeries, QueueFigures, ReasonList } from './contract.ts';
import { answering } from './answering.ts';
import { invalid } from './problems.ts';
import { time } from './query.ts';

const HOUR_MS = 3_600_000;

export function metricsRoutes(router: Router, engine: Engine): void {
  const { store, clock } = engine;

  router.get(
    '/metrics/series',
    answering(async (request, response) => {
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
      const [lanes, subscriptions] = await Promise.all([store.figures.depth(), store.work.backlog()]);
      const answer: QueueFigures = { asOf: clock.now(), lanes, subscriptions };
      response.json(answer);
    }),
  );

  router.get(
    '/metrics/reasons',
    answering(async (_request, response) => {
      const answer: ReasonList = { asOf: clock.now(), reasons: await store.figures.reasons() };
      response.json(answer);
    }),
  );
}

const wholeMinute = (at: number): number => Math.floor(at / MINUTE_MS) * MINUTE_MS;
