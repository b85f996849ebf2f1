import type { RosterEntry } from '../../engine/index.ts';

export interface RosterDifference {
  readonly added: readonly RosterEntry[];
  readonly removed: readonly RosterEntry[];
}

const keyOf = ({ role, unit, person, from, to }: RosterEntry): string => JSON.stringify([role, unit, person, from, to]);

/** A shift that begins or ends at another time is one that went and one that came. */
export function rosterDifference(before: readonly RosterEntry[], after: readonly RosterEntry[]): RosterDifference {
  const [old, now] = [new Set(before.map(keyOf)), new Set(after.map(keyOf))];
  return {
    added: after.filter((one) => !old.has(keyOf(one))),
    removed: before.filter((one) => !now.has(keyOf(one))),
  };
}
