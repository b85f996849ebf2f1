/** Who sits on which seat: one person fills one seat, whatever keys and roles that person has. */
import type { RoleCount } from './policy.ts';

export interface Seating {
  readonly seats: readonly { readonly role: string; readonly person: string | null }[];
  readonly satisfied: boolean;
}

/**
 * The seating that fills most seats (a matching by augmenting paths: somebody with two roles moves over where that makes
 * room for another).
 * @param offers person -> roles in which that person has approved
 */
export function seat(needed: readonly RoleCount[], offers: ReadonlyMap<string, ReadonlySet<string>>): Seating {
  const roles = needed.flatMap(({ role, count }) => Array.from({ length: count }, () => role));
  const sitting: (string | null)[] = roles.map(() => null);
  const place = (person: string, tried: Set<number>): boolean => {
    for (const [i, role] of roles.entries()) {
      if (tried.has(i) || offers.get(person)?.has(role) !== true) continue;
      tried.add(i);
      const other = sitting[i] ?? null;
      if (other !== null && !place(other, tried)) continue;
      sitting[i] = person;
      return true;
    }
    return false;
  };
  for (const person of [...offers.keys()].toSorted()) place(person, new Set());
  const seats = roles.map((role, i) => ({ role, person: sitting[i] ?? null }));
  return { seats, satisfied: seats.every(({ person }) => person !== null) };
}

/** `1 approval as engineer and 2 approvals as reviewer`; empty: nothing is missing. */
export function missingInWords({ seats }: Seating): string {
  const open = new Map<string, number>();
  for (const { role, person } of seats) if (person === null) open.set(role, (open.get(role) ?? 0) + 1);
  return [...open]
    .map(([role, count]) => `${count} ${count === 1 ? 'approval' : 'approvals'} as ${role}`)
    .join(' and ');
}
