/** Effects of which nobody can be sure: a person looks at the other side and says what became of them. */
import type { Router } from 'express';
import type { EffectRecord, Engine, Failure } from '../../engine/index.ts';
import { answering } from './answering.ts';
import { bodyOf } from './body.ts';
import { effectView } from './clinical-views.ts';
import type { UncertainEffects } from './contract.ts';
import { demandOneIn, isIn, partOf, within, type Part } from './part.ts';
import { apiErrors, conflict, invalid, notFound } from './problems.ts';
import { actorOf, idOf, reasonOf } from './query.ts';

const MOST = 500;
const PAGE = 1000;

export function effectRoutes(router: Router, engine: Engine): void {
  const { store, clock, live } = engine;

  router.get(
    '/effects/uncertain',
    answering(async (_request, response) => {
      const effects = (await uncertain(engine, partOf(response))).map(effectView);
      const answer: UncertainEffects = { asOf: clock.now(), effects };
      response.json(answer);
    }),
  );

  router.post(
    '/effects/:key/decide',
    answering(async (request, response) => {
      const key = idOf(request, 'key');
      const { outcome } = bodyOf(request, ['outcome', 'reason']);
      if (outcome !== 'done' && outcome !== 'failed') throw invalid('outcome takes done, failed');
      const actor = actorOf(request);
      const reason = reasonOf(request, true) ?? '';
      const effect = await store.effects.get(key);
      if (!effect) throw notFound('effect');
      demandOneIn(partOf(response), [effect.definition]);
      const at = clock.now();
      const decided = await store.effects.decide(
        key,
        outcome === 'done'
          ? { state: 'done', summary: `said by ${actor} to have happened` }
          : { state: 'failed', failure: didNotHappen() },
        at,
        {
          at,
          type: 'effect.decided',
          actor,
          messageId: effect.messageId,
          workId: effect.workId,
          definition: effect.definition,
          details: {
            effect: effect.name,
            target: effect.target,
            verdict: outcome === 'done' ? 'happened' : 'did not happen',
          },
          reason,
        },
      );
      if (decided === 'unknown') throw notFound('effect');
      if (decided === 'not-ambiguous') throw conflict('it is known already what became of the effect');
      live.publish({ kind: 'message', id: effect.messageId });
      response.json({ outcome: 'decided' });
    }),
  );
}

function didNotHappen(): Failure {
  const error = apiErrors.create('effect-did-not-happen');
  return { class: error.failureClass, code: error.code, text: error.message, remedy: error.remedy };
}

/** Of dead letters only: what is tried again is looked up by itself before anything is repeated. The oldest first. */
async function uncertain({ store }: Engine, part: Part): Promise<readonly EffectRecord[]> {
  const found: EffectRecord[] = [];
  const messages = await store.journal.list({ states: ['dead'], limit: PAGE, ...within(part) });
  for (const { id } of messages.toReversed()) {
    const effects = await store.effects.ofMessage(id);
    found.push(...effects.filter((effect) => effect.state === 'ambiguous' && isIn(part, effect.definition)));
    if (found.length >= MOST) break;
  }
  return found.slice(0, MOST);
}
