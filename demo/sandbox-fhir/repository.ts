import {
  allOk,
  created,
  multipleMatches,
  notFound,
  OperationOutcomeError,
  type SearchRequest,
  type WithId,
} from '@medplum/core';
import { MemoryRepository, type CreateResourceOptions, type DeleteResourceOptions } from '@medplum/fhir-router';
import type { Bundle, OperationOutcome, Resource } from '@medplum/fhirtypes';
import type { LogLine, ResourceLog } from './resource-log.ts';

type Stored = Map<string, Map<string, WithId<Resource>>>;
type Histories = Map<string, Map<string, WithId<Resource>[]>>;

/**
 * Medplum's MemoryRepository with what the demo needs beside it: an index over identifiers (its own search walks all
 * resources, 5 ms per 1,000), a rollback for failed transactions, a memory of what was deleted, and a log on disk.
 * Requests come one at a time (see fhir-http.ts), so there is at most one transaction.
 */
export class SandboxRepository extends MemoryRepository {
  readonly #byIdentifier = new Map<string, Set<string>>();
  readonly #deleted = new Set<string>();
  readonly #log: ResourceLog | null;
  #undo: (() => void)[] | null = null;
  #unwritten: LogLine[] = [];

  constructor(log: ResourceLog | null) {
    super();
    this.#log = log;
  }

  /** Fills the repository at start, versions as they were. */
  async restore(lines: readonly LogLine[]): Promise<void> {
    await this.withSeeding(async () => {
      for (const line of lines) {
        if ('deleted' in line) this.#deleted.add(line.deleted);
        else this.#index(await super.createResource(line.put, undefined, true));
      }
    });
  }

  wasDeleted(type: string, id: string): boolean {
    return this.#deleted.has(`${type}/${id}`);
  }

  has(type: string, id: string): boolean {
    return this.#stored().get(type)?.has(id) ?? false;
  }

  /** The resource itself, not a copy: for looking only. */
  stored(type: string, id: string): WithId<Resource> | undefined {
    return this.#stored().get(type)?.get(id);
  }

  withIdentifier(type: string, system: string, value: string): readonly WithId<Resource>[] {
    const ids = [...(this.#byIdentifier.get(`${type} ${system}|${value}`) ?? [])];
    return ids.map((id) => this.stored(type, id)).filter((one) => one !== undefined);
  }

  /** Puts in what is not there yet, in the state given; what people have changed since stays. */
  async seed(resources: readonly WithId<Resource>[]): Promise<void> {
    for (const resource of resources) {
      if (!this.has(resource.resourceType, resource.id) && !this.wasDeleted(resource.resourceType, resource.id)) {
        await this.createResource(resource, { assignedId: true });
      }
    }
  }

  /** How many of each type, most first. */
  counts(): readonly (readonly [type: string, count: number])[] {
    return [...this.#stored()]
      .map(([type, all]) => [type, all.size] as const)
      .filter(([, count]) => count > 0)
      .toSorted((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
  }

  /** Newest first, by the order of their last writes. */
  newest(type: string, limit: number): readonly WithId<Resource>[] {
    const updated = (resource: Resource): string => resource.meta?.lastUpdated ?? '';
    return [...(this.#stored().get(type)?.values() ?? [])]
      .toSorted((a, b) => updated(b).localeCompare(updated(a)))
      .slice(0, limit);
  }

  override async createResource<T extends Resource>(
    resource: T,
    options?: CreateResourceOptions,
    update?: boolean,
  ): Promise<WithId<T>> {
    const before = resource.id === undefined ? undefined : this.#stored().get(resource.resourceType)?.get(resource.id);
    const result = await super.createResource(resource, options, update);
    const key = `${result.resourceType}/${result.id}`;
    const wasDeleted = this.#deleted.delete(key);
    if (before) this.#unindex(before);
    this.#index(result);
    this.#undo?.push(() => {
      this.#forget(result, before);
      if (wasDeleted) this.#deleted.add(key);
    });
    this.#write({ put: result });
    return result;
  }

  override async deleteResource(type: string, id: string, options?: DeleteResourceOptions): Promise<void> {
    const before = this.#stored().get(type)?.get(id);
    await super.deleteResource(type, id, options);
    if (!before) return;
    this.#unindex(before);
    this.#deleted.add(`${type}/${id}`);
    this.#undo?.push(() => {
      this.#stored().get(type)?.set(id, before);
      this.#index(before);
      this.#deleted.delete(`${type}/${id}`);
    });
    this.#write({ deleted: `${type}/${id}` });
  }

  override async search<T extends Resource>(request: SearchRequest<T>): Promise<Bundle<WithId<T>>> {
    const found = this.#byIdentifierOnly(request);
    if (!found) return super.search(request);
    const from = request.offset ?? 0;
    const page = found.slice(from, from + (request.count ?? 20));
    const entry = page.map((resource) => ({ search: { mode: 'match' as const }, resource: structuredClone(resource) }));
    return { resourceType: 'Bundle', type: 'searchset', total: found.length, ...(page.length > 0 ? { entry } : {}) };
  }

  override async conditionalCreate<T extends Resource>(
    resource: T,
    search: SearchRequest<T>,
    options?: CreateResourceOptions,
  ): Promise<{ resource: WithId<T>; outcome: OperationOutcome }> {
    const found = (await this.search({ ...search, count: 2, offset: 0, sortRules: undefined })).entry ?? [];
    if (found.length > 1) throw new OperationOutcomeError(multipleMatches);
    const existing = found[0]?.resource;
    if (existing) return { resource: existing, outcome: allOk };
    return { resource: await this.createResource(resource, options), outcome: created };
  }

  /** Newest first; the stock method turns its own list around at every call. */
  override async readHistory<T extends Resource>(type: string, id: string): Promise<Bundle<T>> {
    const versions = this.#histories().get(type)?.get(id);
    if (!versions) throw new OperationOutcomeError(notFound);
    const entry = versions.toReversed().map((resource) => ({ resource: structuredClone(resource) as unknown as T }));
    return { resourceType: 'Bundle', type: 'history', total: entry.length, entry };
  }

  override async withTransaction<TResult>(callback: (repo: this) => Promise<TResult>): Promise<TResult> {
    if (this.#undo) return callback(this);
    const undo: (() => void)[] = [];
    this.#undo = undo;
    try {
      const result = await callback(this);
      this.#log?.append(this.#unwritten);
      return result;
    } catch (error) {
      for (const step of undo.toReversed()) step();
      throw error;
    } finally {
      this.#undo = null;
      this.#unwritten = [];
    }
  }

  #write(line: LogLine): void {
    if (this.#undo) this.#unwritten.push(line);
    else this.#log?.append([line]);
  }

  /** `undefined` unless the only filter is one `identifier=system|value`. */
  #byIdentifierOnly<T extends Resource>(request: SearchRequest<T>): WithId<T>[] | undefined {
    const [filter, ...others] = request.filters ?? [];
    if (!filter || others.length > 0 || request.include || request.revInclude) return undefined;
    if (filter.code !== 'identifier' || filter.operator !== 'eq' || !/^[^|,\\]+\|[^|,\\]+$/.test(filter.value)) {
      return undefined;
    }
    const ids = this.#byIdentifier.get(`${request.resourceType} ${filter.value}`) ?? [];
    const all = this.#stored().get(request.resourceType) as Map<string, WithId<T>> | undefined;
    return [...ids].map((id) => all?.get(id)).filter((one): one is WithId<T> => one !== undefined);
  }

  #index(resource: WithId<Resource>): void {
    for (const key of identifierKeys(resource)) {
      const ids = this.#byIdentifier.get(key);
      if (ids) ids.add(resource.id);
      else this.#byIdentifier.set(key, new Set([resource.id]));
    }
  }

  #unindex(resource: WithId<Resource>): void {
    for (const key of identifierKeys(resource)) this.#byIdentifier.get(key)?.delete(resource.id);
  }

  #forget(written: WithId<Resource>, before: WithId<Resource> | undefined): void {
    const { resourceType, id } = written;
    this.#unindex(written);
    if (before) {
      this.#stored().get(resourceType)?.set(id, before);
      this.#index(before);
    } else this.#stored().get(resourceType)?.delete(id);
    this.#histories().get(resourceType)?.get(id)?.pop();
  }

  /** MemoryRepository offers no way back to an earlier version, so its two maps are reached for here and nowhere else. */
  #stored(): Stored {
    return (this as unknown as { resources: Stored }).resources;
  }

  #histories(): Histories {
    return (this as unknown as { history: Histories }).history;
  }
}

function identifierKeys(resource: Resource): readonly string[] {
  const own = 'identifier' in resource ? resource.identifier : undefined;
  const all: readonly unknown[] = Array.isArray(own) ? own : [own];
  return all.flatMap((one) => {
    if (typeof one !== 'object' || one === null) return [];
    const { system, value } = one as { system?: unknown; value?: unknown };
    return typeof system === 'string' && typeof value === 'string'
      ? [`${resource.resourceType} ${system}|${value}`]
      : [];
  });
}
