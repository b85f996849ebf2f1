/**
 * A runtime that kills itself (SIGKILL) exactly at a step in the life of a message: nothing acknowledged is lost, nothing
 * is written twice, order holds, every alert is out. Each step is proved to have been reached by the runtime's own mark.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { AuditVerification } from '../../runtime/api/contract.ts';
import { MOMENTS, OPERATIONS, type Step } from '../kit/kill-at-step/steps.ts';
import { longRun } from '../kit/requires.ts';
import { StepWalk, type StepStory } from '../kit/step-walk.ts';
import { STORES } from './stores.ts';

/** The long run adds the moments that differ for the engine alone: what is asked for and not begun, what is about to be heard. */
const moments = longRun ? MOMENTS : (['committing', 'committed'] as const);
/** `#2`: the same step of the notice, which follows the Task. */
const STEPS: readonly (Step | `${Step}#2`)[] = [
  // Of the embedded store alone.
  'arrival kept',
  ...OPERATIONS.flatMap((operation) => moments.map((moment) => `${operation} ${moment}` as const)),
  ...(['acknowledgement writing', 'acknowledgement written'] as const),
  ...(['write sending', 'write sent', 'write answered'] as const),
  ...(['notice showing', 'notice shown', 'effects.finish committing#2', 'effects.finish committed#2'] as const),
];
/** Runtimes side by side: a start leaves half of two cores idle. */
const LANES = 2;

/** At these the message is in the journal and its sender has heard nothing. */
const RESENT = new Set([
  'arrival kept',
  'journal.accept committed',
  'journal.accept answered',
  'acknowledgement writing',
]);
/**
 * The look that a runtime takes as it starts may claim a message in the very commit that keeps it, before the answer. On the embedded
 * store the answer leaves while the message is committed.
 */
const mayBeResent = (step: string, store: string): boolean =>
  /^(work\.claim|gate\.admit asked)/.test(step) ||
  (store === 'SQLite' && /^journal\.accept committ(ing|ed)$/.test(step));
/** At these the Task is on the server. */
const isWritten = (step: string): boolean =>
  /^(write (sent|answered)|effects\.finish|work\.settle|notice)/.test(step) || step.endsWith('#2');

/** Those whose commits differ most: the second store has all of them in the long run. */
const FEWER: readonly string[] = [
  ...([
    'journal.accept committing',
    'journal.accept committed',
    'work.claim committing',
    'work.settle committing',
  ] as const),
  ...(['effects.finish committing', 'effects.finish committed', 'acknowledgement writing', 'write sent'] as const),
];

STORES.forEach(({ name, prepare, end }, nth) => {
  const steps = nth === 0 ? STEPS : longRun ? STEPS.slice(1) : STEPS.filter((step) => FEWER.includes(step));
  describe(`a runtime on ${name} killed at a step in the life of a message`, function () {
    this.timeout(steps.length * 15_000);
    const stories = new Map<string, Promise<StepStory>>();
    const walks: StepWalk[] = [];
    let folder: string;

    before(async function () {
      const newEnv = prepare(this);
      folder = await mkdtemp(join(tmpdir(), 'wardflow-steps-'));
      for (let lane = 0; lane < LANES; lane++) {
        const walk = await StepWalk.start('AB'.charAt(lane), folder, await newEnv());
        walks.push(walk);
        let last: Promise<unknown> = Promise.resolve();
        for (let index = lane; index < steps.length; index += LANES) {
          const step = steps[index] ?? '';
          const story = last.then(() => walk.to(step));
          // Said by the test of the step.
          last = story.catch(() => undefined);
          stories.set(step, story);
        }
      }
    });
    after(async () => {
      for (const walk of walks) await walk.stop();
      if (folder) await rm(folder, { recursive: true, force: true });
      await end();
    });

    for (const step of steps)
      it(`survives it at: ${step}`, async () => {
        const story = await stories.get(step);
        assert.ok(story);
        assert.deepEqual([story.reached, story.signal], [step, 'SIGKILL']);
        const { first, second, order, madeAtDeath } = story;
        assert.equal(madeAtDeath, isWritten(step) ? 1 : 0);
        assert.deepEqual(first, {
          entries: ['done'],
          resends: mayBeResent(step, name) ? Math.min(first.resends, 1) : RESENT.has(step) ? 1 : 0,
          // Not even the question is put twice: what may have happened is looked up first.
          posts: 1,
          made: 1,
          notices: 1,
        });
        assert.deepEqual({ ...second, resends: 0 }, { ...first, resends: 0 });
        assert.deepEqual(order, ['first', 'second']);
      });

    it('has an intact audit chain after all of them, and sent no write without a condition', async () => {
      await Promise.allSettled(stories.values());
      for (const { runtime, server } of walks) {
        const { intact, records } = await runtime.api<AuditVerification>('/audit/verify');
        assert.equal(intact, true);
        assert.ok(records > steps.length);
        assert.equal(server.writes.filter(({ condition }) => condition === null).length, 0);
      }
    });
  });
});
