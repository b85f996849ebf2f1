/** What the simulator holds: every version of every resource, in the order in which they came. Nothing is ever forgotten. */
import { isRecord, type Resource } from './exact-json.ts';
import { Refusal } from './reply.ts';

export interface Version {
  readonly type: string;
  readonly id: string;
  /** 1 for the first. */
  readonly number: number;
  readonly at: number;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With id and meta; `null`: deleted. */
  readonly resource: Resource | null;
}

export const versionTag = ({ number }: Version): string => `W/"${number}"`;

export type Condition = (resource: Resource) => boolean;

export class Records {
  readonly #now: () => number;
  readonly #conflict: 409 | 412;
  #byReference = new Map<string, readonly Version[]>();
  #all: readonly Version[] = [];
  #ids = 0;
  /** Versions that searches see; `null`: all. */
  #indexed: number | null = null;
  readonly listeners: ((version: Version) => void)[] = [];

  constructor(now: () => number, conflict: 409 | 412) {
    this.#now = now;
    this.#conflict = conflict;
  }

  /** In the order in which they were written. */
  get versions(): readonly Version[] {
    return this.#all;
  }

  versionsOf(type: string, id: string): readonly Version[] {
    return this.#byReference.get(`${type}/${id}`) ?? [];
  }

  /** Throws 404, or 410 where it was deleted. */
  current(type: string, id: string): Version {
    const last = this.versionsOf(type, id).at(-1);
    if (!last) throw new Refusal(404, 'not-found');
    if (last.resource === null) throw new Refusal(410, 'deleted');
    return last;
  }

  /** Latest versions of a type that are not deleted, as a search sees them. */
  searchable(type: string): readonly Version[] {
    const seen = new Map<string, Version>();
    for (const one of this.#indexed === null ? this.#all : this.#all.slice(0, this.#indexed))
      if (one.type === type) seen.set(one.id, one);
    return [...seen.values()].filter(({ resource }) => resource !== null);
  }

  /** Searches see nothing that is written from now on, until `index`. */
  holdIndex(): void {
    this.#indexed ??= this.#all.length;
  }

  index(): void {
    this.#indexed = null;
  }

  /** An id that nothing of the type has. */
  freeId(type: string): string {
    let id = String(++this.#ids);
    while (this.#byReference.has(`${type}/${id}`)) id = String(++this.#ids);
    return id;
  }

  write(method: Version['method'], type: string, id: string, resource: Resource | null): Version {
    const before = this.versionsOf(type, id);
    const number = before.length + 1;
    const at = Math.max(this.#now(), this.#all.at(-1)?.at ?? 0);
    const meta = isRecord(resource?.['meta']) ? resource['meta'] : {};
    const lastUpdated = new Date(at).toISOString();
    const kept = resource && { ...resource, id, meta: { ...meta, versionId: String(number), lastUpdated } };
    const made: Version = { type, id, number, at, method, resource: kept };
    this.#byReference.set(`${type}/${id}`, [...before, made]);
    this.#all = [...this.#all, made];
    for (const listener of this.listeners) listener(made);
    return made;
  }

  /** R4 3.1.0.5: managing resource contention. A server that demands If-Match would answer 400 without it; this one lets it pass. */
  checkMatch(type: string, id: string, ifMatch: string | undefined): void {
    if (ifMatch === undefined) return;
    const last = this.versionsOf(type, id).at(-1);
    if (!last || ifMatch.trim() !== versionTag(last)) throw new Refusal(this.#conflict, 'conflict');
  }

  /** Runs `work` whole or not at all. */
  atomically<T>(work: () => T): T {
    const [byReference, all] = [new Map(this.#byReference), this.#all];
    const listeners = this.listeners.splice(0);
    try {
      const result = work();
      for (const one of this.#all.slice(all.length)) for (const listener of listeners) listener(one);
      return result;
    } catch (error) {
      this.#byReference = byReference;
      this.#all = all;
      throw error;
    } finally {
      this.listeners.push(...listeners);
    }
  }
}
