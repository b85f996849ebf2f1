/** The stores that a crashed runtime is tried on. */
import { randomBytes } from 'node:crypto';
import { requireMongod } from '../kit/requires.ts';

export interface TriedStore {
  readonly name: string;
  /** Skips the suite where it cannot be had; gives what gives the environment of a runtime with a store of its own. */
  prepare(this: void, context: { skip(): never }): Promise<() => Promise<Readonly<Record<string, string>>>>;
}

export const STORES: readonly TriedStore[] = [
  { name: 'SQLite', prepare: () => Promise.resolve(() => Promise.resolve({})) },
  {
    name: 'MongoDB',
    prepare(context) {
      const mongod = requireMongod(context);
      return Promise.resolve(async () => {
        const url = new URL(await mongod());
        url.pathname = `/wardflow_crash_${randomBytes(6).toString('hex')}`;
        return { WARDFLOW_STORE: 'mongodb', WARDFLOW_MONGODB_URL: url.href };
      });
    },
  },
];
