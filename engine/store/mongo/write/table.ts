import type { mongo } from 'mongoose';

type Id = string | number;

/**
 * What one transaction has seen and changed of one collection: documents are loaded many at a time, changed in memory,
 * and written with one bulk write. Operations of a batch therefore see what those before them did.
 */
export class Table<D extends { _id: Id }> {
  readonly #collection: mongo.Collection<D>;
  readonly #session: mongo.ClientSession;
  /** As the database has them; `null`: it has none. */
  readonly #loaded = new Map<Id, D | null>();
  /** As they are to be; `null`: to be removed. */
  readonly #working = new Map<Id, D | null>();
  readonly #inserted = new Set<Id>();
  readonly #changed = new Map<Id, Record<string, unknown>>();

  constructor(collection: mongo.Collection<D>, session: mongo.ClientSession) {
    this.#collection = collection;
    this.#session = session;
  }

  get dirty(): boolean {
    return this.#inserted.size > 0 || this.#changed.size > 0;
  }

  /** Makes `get` able to answer for these ids. */
  async load(ids: Iterable<Id>): Promise<void> {
    const missing = [...ids].filter((id) => !this.#loaded.has(id));
    if (missing.length === 0) return;
    await this.find({ _id: { $in: missing } } as unknown as mongo.Filter<D>);
    for (const id of missing) if (!this.#loaded.has(id)) this.#loaded.set(id, null);
  }

  /** What the database holds, merged with what was changed here. */
  async find(filter: mongo.Filter<D>, options: mongo.FindOptions = {}): Promise<D[]> {
    const rows = await this.#collection.find(filter, { ...options, session: this.#session }).toArray();
    const found: D[] = [];
    for (const row of rows) {
      const document = row as unknown as D;
      if (!this.#loaded.get(document._id)) this.#loaded.set(document._id, document);
      const now = this.get(document._id);
      if (now) found.push(now);
    }
    return found;
  }

  get(id: Id): D | undefined {
    const working = this.#working.get(id);
    if (working !== undefined) return working ?? undefined;
    return this.#loaded.get(id) ?? undefined;
  }

  insert(document: D): void {
    const { _id: id } = document;
    this.#working.set(id, document);
    if (this.#loaded.get(id)) this.#changed.set(id, { ...document });
    else this.#inserted.add(id);
  }

  /** Members that are `undefined` are removed. The document need not have been loaded. */
  set(id: Id, patch: Partial<D>): void {
    const before = this.get(id);
    if (before) this.#working.set(id, { ...before, ...patch });
    if (!this.#inserted.has(id)) this.#changed.set(id, { ...this.#changed.get(id), ...patch });
  }

  remove(id: Id): void {
    this.#working.set(id, null);
    this.#changed.delete(id);
    if (!this.#inserted.delete(id)) this.#changed.set(id, REMOVED);
  }

  /** Forgets what was changed since the last `flush`. */
  reset(): void {
    this.#working.clear();
    this.#inserted.clear();
    this.#changed.clear();
  }

  async flush(): Promise<void> {
    if (!this.dirty) return;
    const writes: mongo.AnyBulkWriteOperation<D>[] = [];
    for (const id of this.#inserted) {
      const document = this.#working.get(id);
      if (document) writes.push({ insertOne: { document: document as unknown as mongo.OptionalId<D> } });
    }
    writes.push(...updates<D>(this.#changed));
    for (const [id, document] of this.#working) this.#loaded.set(id, document);
    this.reset();
    // Ordered: a refused write ends the transaction, so what follows it need not be tried.
    await this.#collection.bulkWrite(writes, { session: this.#session, ordered: true });
  }
}

const REMOVED: Record<string, unknown> = {};
const ABSENT = { absent: true };

/** Documents that change in the same way are changed by one statement: half the work for the server. */
function updates<D extends { _id: Id }>(
  changed: ReadonlyMap<Id, Record<string, unknown>>,
): mongo.AnyBulkWriteOperation<D>[] {
  const groups = new Map<string, { ids: Id[]; patch: Record<string, unknown> }>();
  for (const [id, patch] of changed) {
    const way =
      patch === REMOVED ? '' : JSON.stringify(patch, (_, value: unknown) => (value === undefined ? ABSENT : value));
    const group = groups.get(way);
    if (group) group.ids.push(id);
    else groups.set(way, { ids: [id], patch });
  }
  return [...groups.values()].map(({ ids, patch }) => write<D>(ids, patch));
}

function write<D extends { _id: Id }>(ids: Id[], patch: Record<string, unknown>): mongo.AnyBulkWriteOperation<D> {
  const filter = { _id: ids.length === 1 ? ids[0] : { $in: ids } } as unknown as mongo.Filter<D>;
  if (patch === REMOVED) return { deleteMany: { filter } };
  const set: Record<string, unknown> = {};
  const unset: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined) unset[name] = '';
    else if (name !== '_id') set[name] = value;
  }
  const update = {
    ...(Object.keys(set).length > 0 ? { $set: set } : {}),
    ...(Object.keys(unset).length > 0 ? { $unset: unset } : {}),
  } as unknown as mongo.UpdateFilter<D>;
  return { updateMany: { filter, update } };
}
