/**
 * Decides ten times without waiting, then begins the effect that follows, in the folder given; says on standard output
 * when it would act. What it acts on must be on the disk by then.
 */
import { writeSync } from 'node:fs';
import { openStore, silentLog } from '../../engine/index.ts';
import { claimOf, newMessage, newWork, T0, WINDOW } from '../kit/store-builders.ts';
import { decisionOf, effectOf } from '../kit/decision-builders.ts';

const store = await openStore({ folder: process.argv[2] ?? '', log: silentLog });
for (let count = 0; count < 10; count++) {
  const message = newMessage();
  await store.journal.accept(message, [newWork(message)], WINDOW);
}
for (const work of await claimOf(store, 10)) {
  const decided = store.decisions.record(decisionOf(work, `d-${work.id}`));
  await store.effects.begin(effectOf(work), 'owner', T0);
  writeSync(1, `acknowledged ${work.id}\n`);
  await decided;
}
await store.close();
