/**
 * A roster as a FHIR R4 Bundle of PractitionerRole has it.
 *
 * - person: the identifier of the practitioner (of the system asked for, else the first), of the reference itself or of the Practitioner
 *   in the Bundle; where there is none, the id that the reference names
 * - role: each code's first coding, else its text
 * - unit: each location: the identifier, name or id of the Location in the Bundle, else the id that the reference names, else its
 *   display; none: all units
 * - `availableTime` is written out as shifts for the coming days, each by the calendar of the zone; one that does not end after it begins
 *   ends on the next day. None: the whole period. `notAvailable` is taken out of both
 * - days at the end of a period belong to it (R4, Period); what is not `active` is left out
 */
import { DateTime } from 'luxon';
import { describeProblems, schemaCheck, type RosterEntry } from '../../engine/index.ts';
import { momentIn, MOST_ENTRIES, NAME, userName, type ReadRoster } from './read.ts';
import { clipped, joined, without, type Span } from './spans.ts';

export interface FhirRosterOptions {
  readonly zone: string;
  readonly now: number;
  /** How many days `availableTime` is written out for, today included. */
  readonly days: number;
  /** Of identifiers that are user names; absent: any. */
  readonly system?: string | undefined;
}

interface Identifier {
  readonly system?: string;
  readonly value?: string;
}
interface Reference {
  readonly reference?: string;
  readonly identifier?: Identifier;
  readonly display?: string;
}
interface Period {
  readonly start?: string;
  readonly end?: string;
}
interface AvailableTime {
  readonly daysOfWeek?: readonly string[];
  readonly allDay?: boolean;
  readonly availableStartTime?: string;
  readonly availableEndTime?: string;
}
interface Resource {
  readonly resourceType: string;
  readonly id?: string;
  readonly active?: boolean;
  readonly name?: unknown;
  readonly identifier?: readonly Identifier[];
  readonly practitioner?: Reference;
  readonly period?: Period;
  readonly code?: readonly { readonly coding?: readonly { readonly code?: string }[]; readonly text?: string }[];
  readonly location?: readonly Reference[];
  readonly availableTime?: readonly AvailableTime[];
  readonly notAvailable?: readonly { readonly during?: Period }[];
}
interface Bundle {
  readonly resourceType: 'Bundle';
  readonly entry?: readonly { readonly fullUrl?: string; readonly resource?: Resource }[];
}

const open = (properties: object, required: readonly string[] = []): object => ({
  type: 'object',
  required,
  properties,
});
const list = (items: object, maxItems = 100): object => ({ type: 'array', maxItems, items });
const TEXT = { type: 'string', maxLength: 1_000 };
const IDENTIFIER = open({ system: TEXT, value: TEXT });
const REFERENCE = open({ reference: TEXT, identifier: IDENTIFIER, display: TEXT });
const PERIOD = open({ start: TEXT, end: TEXT });
const TIME = { type: 'string', pattern: '^([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d+)?)?$' };
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const check = schemaCheck<Bundle>(
  open(
    {
      resourceType: { type: 'string', const: 'Bundle' },
      entry: list(
        open({
          fullUrl: TEXT,
          resource: open(
            {
              resourceType: TEXT,
              id: TEXT,
              active: { type: 'boolean' },
              identifier: list(IDENTIFIER),
              practitioner: REFERENCE,
              period: PERIOD,
              code: list(open({ coding: list(open({ code: TEXT })), text: TEXT })),
              location: list(REFERENCE),
              availableTime: list(
                open({
                  daysOfWeek: list({ type: 'string', enum: DAYS }, 7),
                  allDay: { type: 'boolean' },
                  availableStartTime: TIME,
                  availableEndTime: TIME,
                }),
              ),
              notAvailable: list(open({ during: PERIOD })),
            },
            ['resourceType'],
          ),
        }),
        MOST_ENTRIES,
      ),
    },
    ['resourceType'],
  ),
);

export function rosterFromFhir(text: string, options: FhirRosterOptions): ReadRoster {
  let bundle: unknown;
  try {
    bundle = JSON.parse(text);
  } catch {
    return { entries: [], problems: ['it is not JSON'] };
  }
  if (!check.accepts(bundle)) return { entries: [], problems: [describeProblems(check.problems(bundle))] };
  const found = new Map<string, Resource>();
  for (const { fullUrl, resource } of bundle.entry ?? []) {
    if (!resource) continue;
    if (resource.id !== undefined) found.set(`${resource.resourceType}/${resource.id}`, resource);
    if (fullUrl !== undefined) found.set(fullUrl, resource);
  }
  const entries: RosterEntry[] = [];
  const problems: string[] = [];
  for (const [at, { resource }] of (bundle.entry ?? []).entries()) {
    if (resource?.resourceType !== 'PractitionerRole' || resource.active === false) continue;
    for (const entry of entriesOf(resource, `entry[${at}]`, found, options, problems)) entries.push(entry);
    if (entries.length > MOST_ENTRIES) return { entries: [], problems: [`it makes more than ${MOST_ENTRIES} shifts`] };
  }
  if (entries.length === 0 && problems.length === 0) problems.push('it has no PractitionerRole that is in force');
  return problems.length > 0 ? { entries: [], problems } : { entries, problems };
}

function entriesOf(
  resource: Resource,
  place: string,
  found: ReadonlyMap<string, Resource>,
  options: FhirRosterOptions,
  problems: string[],
): readonly RosterEntry[] {
  const named = (field: string, value: string | undefined): string | undefined => {
    if (value !== undefined && NAME.test(value)) return value;
    problems.push(
      `${place}.${field}: ${value === undefined ? 'names nobody and nothing that can be used' : 'takes letters, digits, blanks and ._@- of at most 100'}`,
    );
    return undefined;
  };
  const before = problems.length;
  const person = named('practitioner', personOf(resource.practitioner, found, options.system));
  const roles = (resource.code ?? []).map((one, i) => named(`code[${i}]`, one.coding?.[0]?.code ?? one.text));
  if (roles.length === 0) problems.push(`${place}.code: is missing`);
  const units = (resource.location ?? []).map((one, i) => named(`location[${i}]`, unitOf(one, found)));
  const spans = spansOf(resource, place, options, problems);
  if (problems.length > before || person === undefined) return [];
  const everywhere = units.length === 0 ? [null] : units;
  return roles.flatMap((role) =>
    everywhere.flatMap((unit) =>
      spans.map(({ from, to }) => ({
        role: role ?? '',
        unit: unit ?? null,
        person: userName(person),
        from: Number.isFinite(from) ? from : null,
        to: Number.isFinite(to) ? to : null,
      })),
    ),
  );
}

/** The last part of `Practitioner/ana` or `https://…/Practitioner/ana/_history/2`. */
const idIn = (reference: string | undefined): string | undefined =>
  reference
    ?.replace(/\/_history\/.*$/, '')
    .split('/')
    .at(-1);

function personOf(
  reference: Reference | undefined,
  found: ReadonlyMap<string, Resource>,
  system: string | undefined,
): string | undefined {
  const fits = (one: Identifier | undefined): boolean =>
    one?.value !== undefined && (system === undefined || one.system === system);
  if (fits(reference?.identifier)) return reference?.identifier?.value;
  const resource = found.get(reference?.reference ?? '');
  const own = resource?.identifier?.find(fits)?.value;
  if (own !== undefined) return own;
  // Asked for by a system, an id is no user name.
  return system === undefined ? (resource?.id ?? idIn(reference?.reference)) : undefined;
}

function unitOf(reference: Reference, found: ReadonlyMap<string, Resource>): string | undefined {
  const resource = found.get(reference.reference ?? '');
  const name = typeof resource?.name === 'string' ? resource.name : undefined;
  return (
    reference.identifier?.value ??
    resource?.identifier?.[0]?.value ??
    name ??
    resource?.id ??
    idIn(reference.reference) ??
    reference.display
  );
}

function spansOf(
  { period, availableTime = [], notAvailable = [] }: Resource,
  place: string,
  options: FhirRosterOptions,
  problems: string[],
): readonly Span[] {
  const spanOf = ({ start, end }: Period, field: string): Span => {
    const edge = (text: string | undefined, which: 'from' | 'to', otherwise: number): number => {
      if (text === undefined) return otherwise;
      const at = momentIn(text, options.zone, which);
      if (typeof at === 'number') return at;
      problems.push(`${place}.${field}: ${at}`);
      return otherwise;
    };
    return { from: edge(start, 'from', -Infinity), to: edge(end, 'to', Infinity) };
  };
  const within = period ? spanOf(period, 'period') : { from: -Infinity, to: Infinity };
  const times = availableTime.length === 0 ? [within] : availableTime.flatMap((one) => shiftsOf(one, options));
  let spans = clipped(joined(times), within);
  for (const [i, { during }] of notAvailable.entries())
    if (during) spans = without(spans, spanOf(during, `notAvailable[${i}].during`));
  // What is over makes a file that grows with each import.
  return spans.filter(({ to }) => to > options.now);
}

/** From yesterday on: a night shift may still go on. */
function shiftsOf(
  { daysOfWeek, allDay, availableStartTime: start, availableEndTime: end }: AvailableTime,
  { zone, now, days }: FhirRosterOptions,
): readonly Span[] {
  const today = DateTime.fromMillis(now, { zone }).startOf('day');
  return Array.from({ length: days + 1 }, (_, i) => today.plus({ days: i - 1 }))
    .filter((day) => daysOfWeek === undefined || daysOfWeek.includes(DAYS[day.weekday - 1] ?? ''))
    .map((day) => {
      const whole = allDay === true;
      const from = whole || start === undefined ? day : at(day, start);
      const ends = whole || end === undefined ? day.plus({ days: 1 }) : at(day, end);
      const to = ends > from ? ends : at(day.plus({ days: 1 }), end ?? '00:00');
      return { from: from.toMillis(), to: to.toMillis() };
    });
}

function at(day: DateTime, time: string): DateTime {
  const [hour = 0, minute = 0, second = 0] = time.split(':').map((part) => Math.trunc(Number(part)));
  return day.set({ hour, minute, second });
}
