/** Whom a message is about, as what is kept of it: keys and keyed hashes. Pure. */
import type { IdentifierMark } from '../audit/identifier-marks.ts';
import type { EventContext, PatientRef } from '../events/clinical-event.ts';
import { statedKey } from '../events/envelope.ts';
import { TRIGGERS } from '../events/from-hl7/adt-triggers.ts';
import { previousIdentifiers } from '../events/from-hl7/merges.ts';
import { patientRef, text } from '../events/from-hl7/read-parts.ts';
import { partsOf } from '../events/from-hl7/reading.ts';
import type { FhirResource } from '../fhir/endpoint.ts';
import type { Hl7Message } from '../hl7/message.ts';
import type { Hl7Segment } from '../hl7/segment.ts';
import { MOST_PEOPLE, MOST_STATED_KEYS, MOST_STATED_LINKS } from '../store/contract/identities.ts';
import type { IdentityStatement, PersonStatement } from '../store/contract/identities.ts';
import { IDENTITY_ELEMENTS, type IdentityElement, type IdentityRules } from './identity-file.ts';
import { normalised } from './normalise.ts';

type Elements = Readonly<Record<IdentityElement, string | null>>;
type Link = IdentityStatement['links'][number];

export function statedInHl7(
  message: Hl7Message,
  context: EventContext,
  rules: IdentityRules,
  mark: IdentifierMark,
): IdentityStatement {
  const { happenedAt, recordedAt } = partsOf(message, context);
  const people = new Map<string, PersonStatement>();
  const links: Link[] = [];
  const kind =
    message.get('MSH-9.1').trim() === 'ADT' ? KINDS[TRIGGERS[message.get('MSH-9.2').trim()] ?? ''] : undefined;
  let survivor: { readonly chosen: string; readonly all: ReadonlySet<string> } | undefined;
  for (const segment of message.segments()) {
    if (segment.name === 'PID') {
      const ref = patientRef(segment);
      survivor = ref.identifier === null ? undefined : { chosen: statedKey(ref.identifier), all: keysOf(ref) };
      const said = statement(ref, elementsIn(segment), recordedAt, rules, mark);
      if (said && people.size < MOST_PEOPLE) people.set(said.chosen, said);
    } else if (segment.name === 'MRG' && kind !== undefined && survivor)
      for (const prior of priorKeys(segment, rules))
        if (!survivor.all.has(prior) || prior === survivor.chosen)
          links.push({ prior, survivor: survivor.chosen, kind, at: happenedAt });
    if (links.length >= MOST_STATED_LINKS) break;
  }
  return { people: [...people.values()], links: links.slice(0, MOST_STATED_LINKS) };
}

const KINDS: Readonly<Record<string, Link['kind']>> = { merge: 'merged', identifier: 'renumbered' };

/** Patients of a FHIR server as they were read, each by its reference as its events name it. */
export interface FhirPeople {
  readonly people: readonly { readonly patient: FhirResource; readonly ref: PatientRef }[];
  /** `link.replaced-by`, as it came to be. */
  readonly merges: readonly { readonly prior: PatientRef; readonly survivor: PatientRef; readonly at: number }[];
  /** When it was recorded. */
  readonly at: number;
}

export function statedInFhir(
  { people, merges, at: recordedAt }: FhirPeople,
  rules: IdentityRules,
  mark: IdentifierMark,
): IdentityStatement {
  const links = merges.flatMap(({ prior: gone, survivor: now, at }): Link[] => {
    if (!gone.identifier || !now.identifier) return [];
    const [prior, survivor] = [statedKey(gone.identifier), statedKey(now.identifier)];
    // Two records of one number are one patient already.
    return prior === survivor ? [] : [{ prior, survivor, kind: 'merged', at }];
  });
  const ended = new Set(links.map(({ prior }) => prior));
  const said = new Map<string, PersonStatement>();
  for (const { patient, ref } of people) {
    const one = statement(ref, elementsOf(patient, ref), recordedAt, rules, mark);
    if (!one || (said.size === MOST_PEOPLE && !said.has(one.chosen))) continue;
    // What a record that has ended says of somebody may be why it has.
    said.set(one.chosen, ended.has(one.chosen) ? { ...one, marks: {}, alike: null } : one);
  }
  return { people: [...said.values()], links: links.slice(0, MOST_STATED_LINKS) };
}

const keysOf = ({ identifiers }: PatientRef): ReadonlySet<string> => new Set(identifiers.map(statedKey));

/** Of several prior numbers each: the record that ends may have had them all. */
function priorKeys(mrg: Hl7Segment, rules: IdentityRules): readonly string[] {
  const prior = previousIdentifiers(mrg);
  if (!prior?.identifier) return [];
  const others = prior.identifiers.filter((one) => rules.isIdentifying(one)).map(statedKey);
  return [...new Set([statedKey(prior.identifier), ...others])].slice(0, MOST_STATED_KEYS);
}

function statement(
  ref: PatientRef,
  elements: Elements,
  at: number,
  { compare, findBy, isIdentifying }: IdentityRules,
  mark: IdentifierMark,
): PersonStatement | null {
  if (ref.identifier === null) return null;
  const values = Object.fromEntries(
    IDENTITY_ELEMENTS.flatMap((element) => {
      const value = normalised(element, elements[element]);
      return value === null ? [] : [[element, value]];
    }),
  ) as Partial<Record<IdentityElement, string>>;
  const wanted = new Set<IdentityElement>([...compare, ...findBy]);
  const all = findBy.map((element) => values[element]);
  return {
    chosen: statedKey(ref.identifier),
    keys: [...new Set(ref.identifiers.filter((one) => isIdentifying(one)).map(statedKey))].slice(0, MOST_STATED_KEYS),
    at,
    marks: Object.fromEntries(
      [...wanted].flatMap((element) => {
        const value = values[element];
        return value === undefined ? [] : [[element, marked(mark, [element, value])]];
      }),
    ),
    compare,
    alike:
      findBy.length === 0 || all.includes(undefined) ? null : marked(mark, ['alike', ...findBy, ...(all as string[])]),
    findBy,
  };
}

/** With what tells keys apart: a mark made elsewhere cannot be compared with ours. */
function marked(mark: IdentifierMark, parts: readonly string[]): string {
  let key = keys.get(mark);
  if (key === undefined) keys.set(mark, (key = bare(mark('identity')).slice(0, 6)));
  return `${key}.${bare(mark(JSON.stringify(['identity', ...parts])))}`;
}

const keys = new WeakMap<IdentifierMark, string>();

const bare = (made: string): string => made.replace('mark:', '');

const elementsIn = (pid: Hl7Segment): Elements => ({
  family: text(pid, '5.1.1') ?? text(pid, '5.1'),
  given: text(pid, '5.2'),
  birthDate: patientRef(pid).birthDate,
  sex: text(pid, '8'),
  postcode: text(pid, '11.5'),
});

function elementsOf(patient: FhirResource, { birthDate, sex }: PatientRef): Elements {
  const name = first(patient['name'], (one) => one['use'] === 'official');
  const given: unknown = Array.isArray(name['given']) ? name['given'][0] : null;
  return {
    family: string(name['family']),
    given: string(given),
    birthDate,
    sex,
    postcode: string(first(patient['address'], (one) => one['use'] === 'home')['postalCode']),
  };
}

type Element = Readonly<Record<string, unknown>>;
const string = (value: unknown): string | null => (typeof value === 'string' ? value : null);
function first(value: unknown, isMeant: (one: Element) => boolean): Element {
  const all = (Array.isArray(value) ? value : []).filter(
    (one): one is Element => typeof one === 'object' && one !== null,
  );
  return all.find(isMeant) ?? all[0] ?? {};
}
