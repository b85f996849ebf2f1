import type { Config } from './config/settings.ts';
import { mongoErrors } from './store/mongo/errors.ts';
import type { StoreChoice } from './open-engine-store.ts';

/** What the settings choose. Throws `store-mongodb-url` where the connection string is missing. */
export function storeChoice({ store, mongodbUrl }: Pick<Config, 'store' | 'mongodbUrl'>): StoreChoice {
  if (store === 'sqlite') return { adapter: 'sqlite' };
  if (mongodbUrl === null) throw mongoErrors.create('store-mongodb-url');
  return { adapter: 'mongodb', url: mongodbUrl };
}
