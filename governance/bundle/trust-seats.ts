/** Who may let a change of the trust store pass. */
import { seatsNeeded, type Policy } from './policy.ts';
import { missingInWords, seat, type Seating } from './seats.ts';
import type { TrustedKey } from './statements.ts';

/** In all roles that a person's keys have: signatures of one payload cannot name one. */
export function trustSeating(policy: Policy, signers: readonly TrustedKey[]): Seating {
  const offers = new Map<string, Set<string>>();
  for (const { person, roles } of signers) {
    const all = offers.get(person) ?? new Set();
    for (const role of roles) all.add(role);
    offers.set(person, all);
  }
  return seat(seatsNeeded(policy, 'trust'), offers);
}

/**
 * What could never be filled again, in words; empty: changes stay possible. Some person has to be left to propose, who
 * does not count: whoever that is, the others must fill the seats.
 */
export function lockedOut(policy: Policy, keys: readonly TrustedKey[]): string {
  const active = keys.filter(({ revoked }) => revoked === null);
  const people = [...new Set(active.map(({ person }) => person))];
  const seatings = people.map((proposer) =>
    trustSeating(
      policy,
      active.filter(({ person }) => person !== proposer),
    ),
  );
  if (seatings.some(({ satisfied }) => satisfied)) return '';
  const best = seatings.toSorted((a, b) => open(a) - open(b))[0];
  return best ? missingInWords(best) : 'everybody';
}

const open = ({ seats }: Seating): number => seats.filter(({ person }) => person === null).length;
