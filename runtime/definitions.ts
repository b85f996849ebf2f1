/**
 * The definitions in force, and old versions for work that began under them. Every version that comes into force is
 * kept in the store before it runs, so that a redelivery finds the rules its message began with.
 */
import {
  declaredFallback,
  definitionFromFiles,
  type ClaimedWork,
  type Definition,
  type DefinitionSet,
  type Engine,
} from '../engine/index.ts';
import { runtimeErrors } from './errors.ts';
import type { Definitions } from './node-services.ts';

/** Old versions kept parsed. */
const MOST_CACHED = 50;

export interface LoadedDefinitions extends Definitions {
  /** Puts the set in force; returns those whose version is new. */
  replace(
    next: DefinitionSet,
  ): Promise<readonly { readonly definition: Definition; readonly previous: string | null }[]>;
}

export function createDefinitions(engine: Engine, first: DefinitionSet): LoadedDefinitions {
  const { store, clock } = engine;
  let inForce = first;
  /** Work item and fence -> the version pinned in this delivery. */
  const pins = new Map<string, string>();
  /** Definition -> the version of it that was in force last. */
  const last = new Map(first.all.map(({ name, version }) => [name, version]));
  const old = new Map<string, Promise<Definition>>();

  const load = async (version: string): Promise<Definition> => {
    const kept = await store.definitions.get(version);
    if (!kept) throw runtimeErrors.create('definition-unknown', { definition: 'unknown' });
    return definitionFromFiles(kept.name, kept.files);
  };

  const byVersion = (version: string): Promise<Definition> => {
    const current = inForce.all.find((definition) => definition.version === version);
    if (current) return Promise.resolve(current);
    const loading = old.get(version) ?? load(version);
    old.delete(version);
    old.set(version, loading);
    loading.catch(() => old.delete(version));
    if (old.size > MOST_CACHED) old.delete(old.keys().next().value ?? '');
    return loading;
  };

  const pin = async (work: ClaimedWork): Promise<string> => {
    if (work.pinnedVersion !== null) return work.pinnedVersion;
    const key = `${work.id} ${work.fence}`;
    const known = pins.get(key);
    if (known !== undefined) return known;
    const current = inForce.byName(work.definition);
    if (!current) throw runtimeErrors.create('definition-unknown', { definition: work.definition });
    const version = await store.work.pin(work.id, work.fence, current.version);
    pins.set(key, version);
    if (pins.size > 10_000) pins.delete(pins.keys().next().value ?? '');
    return version;
  };

  return {
    current: () => inForce,
    pinned: async (work) => byVersion(await pin(work)),
    async lastOf(work) {
      const current = inForce.byName(work.definition);
      if (current) return current;
      const version =
        work.pinnedVersion ??
        pins.get(`${work.id} ${work.fence}`) ??
        last.get(work.definition) ??
        (await store.definitions.latest(work.definition));
      return version === undefined ? undefined : byVersion(version);
    },
    async replace(next) {
      const before = new Map(inForce.all.map((definition) => [definition.name, definition.version]));
      const fresh = next === inForce ? next.all : next.all.filter(({ name, version }) => before.get(name) !== version);
      for (const { name, version, files } of fresh) await store.definitions.put(name, version, files, clock.now());
      inForce = next;
      engine.fallbacks.declare(next.all.flatMap((one) => declaredFallback(one) ?? []));
      for (const { name, version } of next.all) last.set(name, version);
      return fresh.map((definition) => ({ definition, previous: before.get(definition.name) ?? null }));
    },
  };
}
