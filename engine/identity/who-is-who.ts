/** By which keys those of a message are known, and since when that has been so. */
import type { IdentityFinding, PersonStatement } from '../store/contract/identities.ts';
import type { IdentityTables } from './identity-tables.ts';
import { personOf } from './people.ts';

/** Numbers that an event tells its other names by. */
export const MOST_FORMER = 16;

/** By the links as they were at `asOf`. */
export function whoIsWho(
  tables: IdentityTables,
  people: readonly PersonStatement[],
  asOf: number,
): Pick<IdentityFinding, 'survivors' | 'former'> {
  const survivors: Record<string, string> = {};
  const former: Record<string, readonly string[]> = {};
  for (const { chosen, keys } of people) {
    // One that does not count as identifying is known by those that stand beside it.
    const person = personOf(tables, chosen, asOf) ?? keys.flatMap((key) => personOf(tables, key, asOf) ?? []).at(0);
    if (!person) continue;
    const { survivor, members } = person;
    if (survivor !== chosen) survivors[chosen] = survivor;
    const others = [...new Set([chosen, ...members.map(({ key }) => key)])].filter((key) => key !== survivor);
    if (others.length > 0) former[survivor] = others.slice(0, MOST_FORMER);
  }
  return { survivors, former };
}

/** The newest that a link about one of them was made or taken back; 0: there is none. */
export function linkedAt(tables: IdentityTables, people: readonly PersonStatement[]): number {
  const groups = new Set(
    people.flatMap(({ chosen, keys }) => [chosen, ...keys]).flatMap((key) => tables.key(key)?.group ?? []),
  );
  const links = [...groups].flatMap((id) => tables.group(id)?.links ?? []).flatMap((id) => tables.link(id) ?? []);
  return Math.max(0, ...links.flatMap(({ recordedAt, undone }) => [recordedAt, undone?.at ?? 0]));
}
