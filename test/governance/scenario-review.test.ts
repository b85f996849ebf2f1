/** A scenario step that decides about what is held: what was left as it was is never taken for done. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { decideReview, type Actors } from '../../governance/scenarios/act.ts';

const STEP = { by: 'ana', decide: 'process' } as const;

describe('the step "review" of a scenario', () => {
  const asked: unknown[] = [];
  /** A runtime that answers so about the one item that it holds. */
  const actors = (outcome: string): Actors => {
    const runtime = {
      api: () => Promise.resolve({ items: [{ workId: 'w1', messageId: 'm1' }] }),
      attempt: (_path: string, body: unknown) => {
        asked.push(body);
        return Promise.resolve({ refused: null, answer: { outcomes: [{ workId: 'w1', outcome }] } });
      },
    };
    return { runtime: runtime as unknown as Actors['runtime'], definition: 'lab', messages: new Map() };
  };

  it('fails with words where the message stays held', async () => {
    assert.match((await decideReview(actors('newer-done'), STEP)) ?? '', /refused \(newer-done\): .*newerKnown/);
    assert.match((await decideReview(actors('still-recommending'), STEP)) ?? '', /still-recommending/);
    assert.equal(await decideReview(actors('processed'), STEP), null);
    assert.equal(await decideReview(actors('put-aside'), { ...STEP, decide: 'put-aside' }), null);
  });

  it('may expect that, and may say that newer ones are known', async () => {
    assert.equal(await decideReview(actors('newer-done'), { ...STEP, refused: 'newer-done' }), null);
    assert.match((await decideReview(actors('processed'), { ...STEP, refused: 'newer-done' })) ?? '', /it was done/);
    await decideReview(actors('processed'), { ...STEP, newerKnown: true });
    assert.equal((asked.at(-1) as { readonly newerKnown?: boolean }).newerKnown, true);
  });
});
