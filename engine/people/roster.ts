/** Who covers which role in which unit, and when: `roster.json` of an environment, beside bindings.json. Pure. */
import type { Millis } from '../base/clock.ts';

export interface RosterEntry {
  readonly role: string;
  /** `null`: in all units. */
  readonly unit: string | null;
  /** User name. */
  readonly person: string;
  /** In force from here (inclusive) until there (exclusive); `null`: always. */
  readonly from: Millis | null;
  readonly to: Millis | null;
}

export interface Roster {
  readonly entries: readonly RosterEntry[];
  /** Who covers the role in the unit at the moment: entries of the unit, else those of all units; in the order of the file. */
  covering(role: string, unit: string | null, at: Millis): readonly string[];
  /** What somebody covers at the moment. */
  rolesOf(person: string, at: Millis): readonly { readonly role: string; readonly unit: string | null }[];
  /** When what `covering` says of any role changes next; `null`: never. */
  changesAfter(at: Millis): Millis | null;
}

export function createRoster(entries: readonly RosterEntry[]): Roster {
  // Asked for each task of a list: a year of shifts is not walked each time.
  const byRole = Map.groupBy(entries, ({ role }) => role);
  const byPerson = Map.groupBy(entries, ({ person }) => person);
  const inForce = ({ from, to }: RosterEntry, at: Millis): boolean =>
    (from === null || from <= at) && (to === null || at < to);
  return {
    entries,
    covering(role, unit, at) {
      const now = (byRole.get(role) ?? []).filter((entry) => inForce(entry, at));
      const ofUnit = now.filter((entry) => entry.unit !== null && entry.unit === unit);
      const chosen = ofUnit.length > 0 ? ofUnit : now.filter((entry) => entry.unit === null);
      return [...new Set(chosen.map(({ person }) => person))];
    },
    rolesOf: (person, at) =>
      (byPerson.get(person) ?? []).filter((entry) => inForce(entry, at)).map(({ role, unit }) => ({ role, unit })),
    changesAfter(at) {
      const later = entries.flatMap(({ from, to }) => [from, to]).filter((one) => one !== null && one > at);
      return later.reduce<Millis | null>(
        (first, one) => (first === null || (one !== null && one < first) ? one : first),
        null,
      );
    },
  };
}
