import type { Store } from '../../engine/index.ts';

/** What an adapter gives so that the contract suite can run on it. */
export interface StoreAdapter {
  readonly name: string;
  /** An empty place to keep things: a folder, a database name. */
  newPlace(): Promise<string>;
  removePlace(place: string): Promise<void>;
  /** Opens what is at the place; several may be open at once, as several processes would have it. */
  open(place: string): Promise<Store>;
  /** Arguments for `node` that start a program which opens the place as the next argument says. */
  readonly opener: string;
  /** Where KEPT_COPIES says its places. */
  readonly copies: 'sqlite' | 'mongo';
  /** Files or collections of the place in which the text stands, as they are now. */
  holding(place: string, text: string): Promise<readonly string[]>;
  /** Names of all tables or collections, or of those that are not empty; sorted. */
  kept(place: string, which?: 'with rows'): Promise<readonly string[]>;
}

/** Places and stores of one test, cleared away after it. */
export class Opened {
  readonly #adapter: StoreAdapter;
  readonly #stores: Store[] = [];
  readonly #places: string[] = [];

  constructor(adapter: StoreAdapter) {
    this.#adapter = adapter;
  }

  async place(): Promise<string> {
    const place = await this.#adapter.newPlace();
    this.#places.push(place);
    return place;
  }

  async open(place?: string): Promise<Store> {
    const store = await this.#adapter.open(place ?? (await this.place()));
    this.#stores.push(store);
    return store;
  }

  async clear(): Promise<void> {
    for (const store of this.#stores.splice(0)) await store.close();
    for (const place of this.#places.splice(0)) await this.#adapter.removePlace(place);
  }
}
