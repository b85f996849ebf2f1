/** The store with its failures noted where messages are kept and settled, and their end with the first that succeeds. */
import type { Store } from './store/contract/index.ts';
import type { StoreFailures } from './store-failures.ts';

export function watchStore(store: Store, { note, kept }: Pick<StoreFailures, 'note' | 'kept'>): Store {
  return {
    ...store,
    journal: {
      ...store.journal,
      async accept(...request) {
        try {
          const outcome = await store.journal.accept(...request);
          kept();
          return outcome;
        } catch (error) {
          note(error);
          throw error;
        }
      },
    },
    work: {
      ...store.work,
      // Its failure is noted by whoever settles.
      async settle(request) {
        const outcome = await store.work.settle(request);
        if (outcome === 'settled') kept();
        return outcome;
      },
    },
  };
}
