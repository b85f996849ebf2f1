/** What a scenario's FHIR server holds: every version of every resource, deletions among them. In memory. */
import { isRecord } from '../../checks/subject.ts';

export type Resource = Readonly<Record<string, unknown>> & { readonly resourceType: string; readonly id: string };

export interface Version {
  readonly type: string;
  readonly id: string;
  readonly number: number;
  /** Instant, of the scenario's clock. */
  readonly at: string;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `null`: deleted. */
  readonly resource: Resource | null;
}

export class Records {
  readonly #now: () => number;
  #versions = new Map<string, readonly Version[]>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Everything that is there, in the order in which it was made. */
  all(type?: string): readonly Resource[] {
    return [...this.#versions.values()].flatMap((versions) => {
      const resource = versions.at(-1)?.resource ?? null;
      return resource && (type === undefined || resource.resourceType === type) ? [resource] : [];
    });
  }

  /** Oldest first; without an id of all of the type. */
  versions(type: string, id?: string): readonly Version[] {
    if (id !== undefined) return this.#versions.get(`${type}/${id}`) ?? [];
    return [...this.#versions.values()].flat().filter((one) => one.type === type);
  }

  latest(type: string, id: string): Version | undefined {
    return this.#versions.get(`${type}/${id}`)?.at(-1);
  }

  write(method: Version['method'], type: string, id: string, given: Readonly<Record<string, unknown>> | null): Version {
    const before = this.versions(type, id);
    const number = (before.at(-1)?.number ?? 0) + 1;
    const at = new Date(this.#now()).toISOString();
    const stated = given?.['meta'];
    const meta = { ...(isRecord(stated) ? stated : {}), versionId: String(number), lastUpdated: at };
    const resource = given ? { ...given, resourceType: type, id, meta } : null;
    const version = { type, id, number, at, method, resource };
    this.#versions.set(`${type}/${id}`, [...before, version]);
    return version;
  }

  /** What stands in the newest version, without making another: links that are known only when all of them are made. */
  correct(type: string, id: string, resource: Readonly<Record<string, unknown>>): void {
    const before = this.versions(type, id);
    const last = before.at(-1);
    if (last)
      this.#versions.set(`${type}/${id}`, [
        ...before.slice(0, -1),
        { ...last, resource: { ...resource, resourceType: type, id } },
      ]);
  }

  nextId(): string {
    const taken = new Set([...this.#versions.keys()].map((reference) => reference.split('/')[1]));
    let id = this.#versions.size + 1;
    while (taken.has(String(id))) id++;
    return String(id);
  }

  /** All that `work` writes, or nothing of it where it throws. */
  together<T>(work: () => T): T {
    const before = new Map(this.#versions);
    try {
      return work();
    } catch (error) {
      this.#versions = before;
      throw error;
    }
  }
}

export const tagOf = ({ number }: Version): string => `W/"${number}"`;
