/** The stores that a crashed runtime is tried on. */
import { randomBytes } from 'node:crypto';
import { createConnection } from 'mongoose';
import { stopMongod } from '../kit/mongod.ts';
import { requireMongod } from '../kit/requires.ts';

type Environment = Readonly<Record<string, string>>;

export interface TriedStore {
  readonly name: string;
  /** Skips the suite where it cannot be had; gives what gives the environment of a runtime with a store of its own. */
  prepare(this: void, context: { skip(): never }): () => Promise<Environment>;
  /** Removes the stores that were given. */
  end(this: void): Promise<void>;
}

const places: string[] = [];

export const STORES: readonly TriedStore[] = [
  { name: 'SQLite', prepare: () => () => Promise.resolve({}), end: () => Promise.resolve() },
  {
    name: 'MongoDB',
    prepare(context) {
      const mongod = requireMongod(context);
      return async () => {
        const url = new URL(await mongod());
        url.pathname = `/wardflow_crash_${randomBytes(6).toString('hex')}`;
        places.push(url.href);
        return { WARDFLOW_STORE: 'mongodb', WARDFLOW_MONGODB_URL: url.href };
      };
    },
    async end() {
      for (const place of places.splice(0)) {
        const connection = await createConnection(place).asPromise();
        await connection.getClient().db(`${connection.name}_staging`).dropDatabase();
        await connection.close();
      }
      await stopMongod();
    },
  },
];
