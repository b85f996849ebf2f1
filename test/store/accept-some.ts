/** Accepts ten messages one after the other in the folder given; says of each on standard output that it was acknowledged. */
import { writeSync } from 'node:fs';
import { openStore, silentLog } from '../../engine/index.ts';
import { newMessage, newWork, WINDOW } from '../kit/store-builders.ts';

const store = await openStore({ folder: process.argv[2] ?? '', log: silentLog });
for (let count = 0; count < 10; count++) {
  const message = newMessage();
  await store.journal.accept(message, [newWork(message)], WINDOW);
  writeSync(1, `acknowledged ${count}\n`);
}
await store.close();
