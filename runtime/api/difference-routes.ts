/** What FHIR servers hold of what was written there, and what a person makes of a difference. */
import type { Request, Router } from 'express';
import {
  DIFFERENCE_STATES,
  LONGEST_REASON,
  WardflowError,
  type DifferenceQuery,
  type DifferenceState,
  type Engine,
} from '../../engine/index.ts';
import { answering } from './answering.ts';
import { bodyOf, neededText, numberIn, oneOf } from './body.ts';
import type { DifferenceList } from './contract.ts';
import { demandOneIn, partOf, within, type Part } from './part.ts';
import { invalid, notFound, Outdated } from './problems.ts';
import { actorOf, idOf, limitOf, text, time } from './query.ts';

const HOW = ['accepted', 'mended', 'again'] as const;

export function differenceRoutes(router: Router, { store, clock, reconciler }: Engine): void {
  router.get(
    '/differences',
    answering(async (request, response) => {
      const part = partOf(response);
      const query = differenceQuery(request, part);
      const differences = await store.differences.list(query);
      const last = differences.at(-1);
      const answer: DifferenceList = {
        asOf: clock.now(),
        differences,
        counts: await store.differences.counts(within(part)),
        next: last && differences.length === query.limit ? last.since : null,
      };
      response.json(answer);
    }),
  );

  router.post(
    '/differences/:id/settle',
    answering(async (request, response) => {
      const id = idOf(request);
      const difference = await store.differences.get(id);
      demandOneIn(partOf(response), [difference?.definition ?? '']);
      if (!difference) throw notFound('difference');
      const actor = actorOf(request);
      const body = bodyOf(request, ['seen', 'how', 'reason']);
      const seen = numberIn(body, 'seen');
      if (seen === undefined) throw invalid('seen is missing: the `since` of the difference as it was seen');
      const how = oneOf(body, 'how', HOW);
      const reason = neededText(body, 'reason', LONGEST_REASON);
      try {
        response.json(await reconciler.settle(id, { seen, how, reason, actor }));
      } catch (error) {
        if (!(error instanceof WardflowError) || error.code !== 'difference-stale') throw error;
        throw new Outdated(error, (await store.differences.get(id)) ?? difference);
      }
    }),
  );
}

function differenceQuery(request: Request, part: Part): DifferenceQuery & { readonly limit: number } {
  const states = text(request, 'state')?.split(',');
  if (states?.some((state) => !(DIFFERENCE_STATES as readonly string[]).includes(state)))
    throw invalid(`state takes ${DIFFERENCE_STATES.join(', ')}`);
  const definition = text(request, 'definition');
  const [endpoint, messageId, before] = [text(request, 'endpoint'), text(request, 'message'), time(request, 'before')];
  return {
    ...within(part),
    ...(definition !== undefined && { definitions: part?.has(definition) === false ? [] : [definition] }),
    ...(states && { states: states as readonly DifferenceState[] }),
    ...(endpoint !== undefined && { endpoint }),
    ...(messageId !== undefined && { messageId }),
    ...(before !== undefined && { before }),
    limit: limitOf(request),
  };
}
