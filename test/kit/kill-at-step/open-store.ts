/** Stands in for `engine/store/open-store.ts`: the same store, whose every call is a step. */
import type { Store } from '../../../engine/index.ts';
import { openStore as open, type OpenStoreOptions } from '../../../engine/store/open-store.ts';
import { reach } from './reach.ts';

type Call = (...args: readonly unknown[]) => Promise<unknown>;

export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const store = await open(options);
  const parts = Object.entries(store).map(([name, part]: [string, unknown]) => [
    name,
    typeof part === 'object' && name !== 'durability' ? watched(name, part as Readonly<Record<string, Call>>) : part,
  ]);
  return Object.fromEntries(parts) as Store;
}

function watched(part: string, calls: Readonly<Record<string, Call>>): Record<string, Call> {
  return Object.fromEntries(
    Object.entries(calls).map(([name, call]) => [
      name,
      async (...args) => {
        reach(`${part}.${name} asked`);
        const result = await call(...args);
        const nothing = name === 'claim' && (result as readonly unknown[]).length === 0;
        if (!nothing) reach(`${part}.${name} answered`);
        return result;
      },
    ]),
  );
}
