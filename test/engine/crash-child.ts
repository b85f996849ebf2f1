/**
 * Runs an engine until it is killed: takes two messages and stops in the middle of each. Arguments: data folder, origin
 * of the outside world. Prints a line when both have come as far as they will.
 */
import { createEngine, silentLog, type ClaimedWork } from '../../engine/index.ts';
import { testMessage } from '../kit/test-message.ts';
import { CRITICAL_STEPS, effectSpec, ESCALATION, post } from './outside-world.ts';

const [folder = '', origin = ''] = process.argv.slice(2);
const engine = await createEngine({
  environment: 'staging',
  dataFolder: folder,
  bindings: { feeds: {}, endpoints: {} },
  log: silentLog,
});
const never = new Promise<never>(() => undefined);
const reached: Promise<unknown>[] = [];

/** Two branches: the first has its outcome recorded, the second has not begun when the process ends. */
async function twoBranches(work: ClaimedWork): Promise<void> {
  await engine.effects.once(effectSpec(work, 'first-branch'), () => post(origin, 'first-branch'));
  await engine.escalations.start({ work, ...ESCALATION, steps: CRITICAL_STEPS });
}

/** The action has happened outside, and its outcome is not recorded when the process ends. */
function inTheMiddle(work: ClaimedWork): Promise<void> {
  return new Promise((resolve) => {
    void engine.effects.once(effectSpec(work, 'in-the-middle'), async () => {
      await post(origin, 'in-the-middle');
      resolve();
      return never;
    });
  });
}

engine.dispatcher.addSource({
  id: 'lab/results',
  definition: 'lab',
  capacity: 10,
  leaseMs: 60_000,
  deliver: (work) => void reached.push(work.message.controlId === 'BRANCHES' ? twoBranches(work) : inTheMiddle(work)),
});
for (const controlId of ['BRANCHES', 'MIDDLE']) {
  const { message, work } = testMessage({ controlId }, engine.clock, engine.ids);
  await engine.store.journal.accept(message, [work], 1000);
}
engine.start();
while (reached.length < 2) await new Promise((resolve) => setImmediate(resolve));
await Promise.all(reached);
process.stdout.write('reached\n');
setInterval(() => undefined, 1000);
