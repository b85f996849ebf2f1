/**
 * Runs an engine with a feed in enhanced mode and a flow that answers AA, until it is killed. Arguments: data folder, the step
 * that it stops at (`accepted`: committed, nobody heard; `made`: committed, nothing sent). Prints its port, then the step.
 */
import { createEngine, silentLog, type ClaimedWork, type Store } from '../../engine/index.ts';
import { feedSettings, subscription } from '../kit/intake-bench.ts';
import { DONE } from '../kit/recording-source.ts';

const [folder = '', step = ''] = process.argv.slice(2);

/** What was asked is kept, and whoever asked never hears of it. */
async function stopAfter<T>(name: string, kept: Promise<T>): Promise<T> {
  const outcome = await kept;
  if (step !== name) return outcome;
  process.stdout.write(`${name}\n`);
  return new Promise(() => undefined);
}

const engine = await createEngine({
  environment: 'test',
  dataFolder: folder,
  bindings: { feeds: { hospital: { listen: { host: '127.0.0.1', port: 0, tls: null, allow: [] } } }, endpoints: {} },
  log: silentLog,
  aroundStore: (store: Store): Store => ({
    ...store,
    journal: { ...store.journal, accept: (...request) => stopAfter('accepted', store.journal.accept(...request)) },
    acknowledgements: {
      ...store.acknowledgements,
      make: (made) => stopAfter('made', store.acknowledgements.make(made)),
    },
  }),
});

async function answer(work: ClaimedWork): Promise<void> {
  await engine.acknowledgements.answer({ work, code: 'AA', text: 'before the end' });
  await engine.dispatcher.finish(work, DONE);
}
engine.dispatcher.addSource({
  id: 'lab/in',
  definition: 'lab',
  capacity: 4,
  leaseMs: 60_000,
  deliver: (work) => void (step === 'accepted' ? null : answer(work)),
});
await engine.intake.configure(
  [feedSettings({ enhanced: { answerMs: 60_000, endpoint: null } })],
  [subscription('lab/in')],
);
engine.start();
process.stdout.write(`${engine.intake.status()[0]?.port ?? 0}\n`);
setInterval(() => undefined, 1000);
