/** What a roster lacks: persons who cannot log in, roles that flows ask for and nobody covers, hours without anybody. */
import type { Roster } from '../../engine/index.ts';
import { ok, warning, type Finding } from '../doctor/finding.ts';

export interface RosterFacts {
  readonly environment: string;
  readonly roster: Roster;
  /** User names, and whether they may log in; `null`: there are no accounts on this machine to compare with. */
  readonly accounts: ReadonlyMap<string, boolean> | null;
  /** Role -> definitions that give tasks to it. */
  readonly wanted: ReadonlyMap<string, readonly string[]>;
  readonly now: number;
}

const DAYS_AHEAD = 7;
const DAY_MS = 86_400_000;
const MOST = 50;

export function rosterFindings({ environment, roster, accounts, wanted, now }: RosterFacts): readonly Finding[] {
  const about = `roster (${environment})`;
  const findings: Finding[] = [];
  for (const person of accounts ? peopleFrom(roster, now) : []) {
    const may = accounts?.get(person);
    if (may === undefined)
      findings.push(
        warning(about, `${person} has no account`, `Correct the name, or run "npx wardflow users add ${person}".`),
      );
    else if (!may)
      findings.push(warning(about, `the account ${person} is disabled`, 'Enable it, or take it off the roster.'));
  }
  for (const [role, definitions] of wanted) {
    if (roster.entries.some((one) => one.role === role && (one.to === null || one.to > now))) continue;
    const who = definitions.join(', ');
    findings.push(warning(about, `nobody covers the role "${role}" of ${who}`, 'Put somebody on the roster for it.'));
  }
  findings.push(...gaps(roster, now).map((gap) => warning(about, gap, 'Put somebody on for that time.')));
  if (findings.length > MOST) {
    const more = findings.length - MOST;
    return [...findings.slice(0, MOST), warning(about, `${more} more`, 'Mend these first.')];
  }
  const people = peopleFrom(roster, now).length;
  return findings.length > 0 ? findings : [ok(about, `${people} ${people === 1 ? 'person' : 'people'} on it`)];
}

const peopleFrom = ({ entries }: Roster, now: number): readonly string[] =>
  [...new Set(entries.filter(({ to }) => to === null || to > now).map(({ person }) => person))].toSorted();

/** Times in the coming week in which nobody covers a role, in a unit, that somebody covers before or after. */
function gaps(roster: Roster, now: number): readonly string[] {
  const until = now + DAYS_AHEAD * DAY_MS;
  const places = new Map(roster.entries.map(({ role, unit }) => [JSON.stringify([role, unit]), { role, unit }]));
  return [...places.values()].flatMap(({ role, unit }) => {
    const of = roster.entries.filter((one) => one.role === role && (one.unit === unit || one.unit === null));
    const edges = of.flatMap(({ from, to }) => [from, to]).filter((one) => one !== null && one > now && one < until);
    const moments = [now, ...new Set(edges)].filter((one) => one !== null).toSorted((a, b) => a - b);
    const empty = moments.filter(
      (at) => !of.some(({ from, to }) => (from === null || from <= at) && (to === null || to > at)),
    );
    // What is over for good is no gap: who left the roster is not waited for.
    const coming = empty.filter((at) => of.some(({ from }) => from !== null && from > at));
    const [first] = coming;
    if (first === undefined) return [];
    const next = moments.find((at) => at > first) ?? until;
    const where = unit === null ? '' : ` in ${unit}`;
    return [`nobody covers "${role}"${where} from ${iso(first)} until ${iso(next)}`];
  });
}

const iso = (at: number): string => new Date(at).toISOString();
