import { VALUE_SETS } from './generated/value-sets.ts';

/** Value sets that a required binding names and that can be listed without a terminology server; read when first asked for. */
export class ValueSets {
  readonly #lines = new Map(
    VALUE_SETS.split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(0, line.indexOf('|')), line]),
  );
  readonly #sets = new Map<string, ReadonlyMap<string, ReadonlySet<string>>>();

  /** `null`: the set cannot be listed, so nothing can be said. */
  has(url: string, code: string, system?: string): boolean | null {
    const set = this.#sets.get(url) ?? this.#read(url);
    if (!set) return null;
    if (system !== undefined) return set.get(system)?.has(code) === true;
    return [...set.values()].some((codes) => codes.has(code));
  }

  #read(url: string): ReadonlyMap<string, ReadonlySet<string>> | undefined {
    const line = this.#lines.get(url);
    if (line === undefined) return undefined;
    const set = new Map<string, Set<string>>();
    for (const listed of line.split('|').slice(1)) {
      const [system = '', ...codes] = listed.split(' ');
      set.set(system, new Set([...(set.get(system) ?? []), ...codes]));
    }
    this.#sets.set(url, set);
    return set;
  }
}
