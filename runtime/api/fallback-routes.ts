/** Fallbacks of definitions, and what was held for a person. Who answers for a part sees and does no more than that part. */
import type { Router } from 'express';
import { REVIEW_DECISIONS, type Engine, type Fallback } from '../../engine/index.ts';
import { answering } from './answering.ts';
import { bodyOf, oneOf, seenIn, type Body } from './body.ts';
import { messageLabels } from './message-labels.ts';
import { demandOneIn, isIn, partOf, within, type Part } from './part.ts';
import { invalid, notFound } from './problems.ts';
import { actorOf, limitOf, reasonOf, text } from './query.ts';
import type { FallbackList, HeldDecisions, HeldList } from './task-contract.ts';

/** Of one call: it holds a browser's request open. */
const MOST_DECIDED = 200;
const MOST_LISTED = 500;
const LONGEST_ID = 128;

export function fallbackRoutes(router: Router, engine: Engine, isDefinition: (name: string) => boolean): void {
  const { fallbacks, store, clock } = engine;

  router.get(
    '/fallbacks',
    answering(async (_request, response) => {
      const part = partOf(response);
      const held = await fallbacks.heldCounts();
      const answer: FallbackList = {
        asOf: clock.now(),
        inForce: fallbacksIn(part, fallbacks.list()),
        declared: fallbacks
          .declared()
          .filter(({ definition }) => isIn(part, definition))
          .map(({ definition, title, mode, when, queue, text: words }) => ({
            definition,
            title,
            mode,
            when,
            queue,
            text: words,
            held: held[definition] ?? 0,
          })),
      };
      response.json(answer);
    }),
  );

  router.post(
    '/fallbacks/:definition/enter',
    answering(async (request, response) => {
      const definition = known(request.params['definition'], partOf(response));
      const actor = actorOf(request);
      const seen = seenOrNone(bodyOf(request, ['seen', 'reason']));
      const reason = reasonOf(request, true) ?? '';
      response.status(201).json(await fallbacks.enter({ definition, seen, actor, reason }));
    }),
  );

  router.post(
    '/fallbacks/:definition/leave',
    answering(async (request, response) => {
      const definition = known(request.params['definition'], partOf(response));
      const actor = actorOf(request);
      const seen = seenIn(bodyOf(request, ['seen', 'reason']));
      await fallbacks.leave({ definition, seen, actor, reason: reasonOf(request, true) ?? '' });
      response.json({ outcome: 'left' });
    }),
  );

  router.get(
    '/held',
    answering(async (request, response) => {
      const part = partOf(response);
      const definition = text(request, 'definition');
      const after = text(request, 'after', 20);
      if (after !== undefined && !/^[0-9a-z]{1,11}$/.test(after)) throw invalid('after takes what a page before gave');
      if (definition !== undefined) demandOneIn(part, [definition]);
      const { items, next } = await fallbacks.held({
        ...(definition === undefined ? within(part) : { definitions: [definition] }),
        ...(after === undefined ? {} : { after }),
        limit: Math.min(limitOf(request), MOST_LISTED),
      });
      const labelOf = await messageLabels(
        store,
        items.map(({ messageId }) => messageId),
      );
      const answer: HeldList = {
        asOf: clock.now(),
        items: items.map((one) => ({ ...one, message: labelOf(one.messageId) })),
        next,
      };
      response.json(answer);
    }),
  );

  router.post(
    '/held/decide',
    answering(async (request, response) => {
      const part = partOf(response);
      const actor = actorOf(request);
      const body = bodyOf(request, ['work', 'decision', 'reason', 'newerKnown']);
      const decision = oneOf(body, 'decision', REVIEW_DECISIONS);
      const { newerKnown = false } = body;
      if (typeof newerKnown !== 'boolean') throw invalid('newerKnown takes true or false');
      const reason = reasonOf(request, true) ?? '';
      const work = idsIn(body);
      for (const id of part === null ? [] : work) demandOneIn(part, [(await store.work.get(id))?.definition ?? '']);
      const answer: HeldDecisions = {
        outcomes: await fallbacks.decide(work, decision, { actor, reason, newerKnown }),
      };
      response.json(answer);
    }),
  );

  /** A name that nothing has would be stopped in vain. What is in force is left also where its flow is gone. */
  function known(name: unknown, part: Part): string {
    const definition = typeof name === 'string' ? name : '';
    demandOneIn(part, [definition]);
    if (!isDefinition(definition) && !fallbacks.inForce(definition)) throw notFound('definition');
    return definition;
  }
}

export const fallbacksIn = (part: Part, all: readonly Fallback[]): readonly Fallback[] =>
  all.filter(({ definition }) => isIn(part, definition));

function seenOrNone(body: Body): number {
  return body['seen'] === 0 ? 0 : seenIn(body);
}

function idsIn({ work }: Body): readonly string[] {
  const areIds =
    Array.isArray(work) && work.every((one) => typeof one === 'string' && one !== '' && one.length <= LONGEST_ID);
  if (!areIds || work.length === 0 || work.length > MOST_DECIDED) throw invalid(`work takes 1 to ${MOST_DECIDED} ids`);
  return work as readonly string[];
}
