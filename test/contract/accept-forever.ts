/**
 * A process that accepts messages until it is killed, naming each on standard output only after it was acknowledged as
 * durable. Arguments: module that exports the adapter, its place.
 */
import { writeSync } from 'node:fs';
import type { StoreAdapter } from './adapter.ts';
import { newMessage, newWork, WINDOW } from '../kit/store-builders.ts';

const [module, place] = process.argv.slice(2);
const { adapter } = (await import(module ?? '')) as { readonly adapter: StoreAdapter };
const store = await adapter.open(place ?? '');

async function loop(lane: number): Promise<void> {
  for (let count = 0; ; count++) {
    const message = newMessage({ id: `${process.pid}-${lane}-${count}` });
    await store.journal.accept(
      message,
      [newWork(message, { id: `work-${message.id}`, orderingKey: `k${lane}` })],
      WINDOW,
    );
    writeSync(1, `${message.id}\n`);
  }
}

await Promise.all(Array.from({ length: 16 }, (_, lane) => loop(lane)));
