/** A real SQLite store in a folder of its own, which can be dropped without closing and opened again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog, type Store } from '../../engine/index.ts';
import { openSqliteStore } from '../../engine/store/sqlite/open.ts';

export class TemporaryStore {
  readonly folder: string;
  #store: Store;
  /** Every store opened on the folder, those dropped included: closed at the end, or their threads keep the test alive. */
  readonly #opened: Store[];

  private constructor(folder: string, store: Store) {
    this.folder = folder;
    this.#store = store;
    this.#opened = [store];
  }

  static async create(): Promise<TemporaryStore> {
    const folder = await mkdtemp(join(tmpdir(), 'wardflow-store-'));
    return new TemporaryStore(folder, await openSqliteStore({ folder, log: silentLog }));
  }

  get store(): Store {
    return this.#store;
  }

  /** As after a crash: the file is opened anew; the earlier store object is left as it is. */
  async reopen(): Promise<Store> {
    this.#store = await openSqliteStore({ folder: this.folder, log: silentLog });
    this.#opened.push(this.#store);
    return this.#store;
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.map((store) => store.close()));
    await rm(this.folder, { recursive: true, force: true });
  }
}
