/** How far our bundle of a message agrees with one of another converter, fact by fact, and what is not compared and why. */
import { factsOf, type Fact, type FactKind } from './facts.ts';

export interface Agreement {
  readonly agreed: readonly Fact[];
  readonly missing: readonly Fact[];
  readonly excluded: readonly { readonly fact: Fact; readonly reason: string }[];
}

export function agreementOf(message: string, expected: unknown, ours: unknown): Agreement {
  const have = factsOf(ours);
  const said = new Stated(message);
  const [agreed, missing, excluded]: [Fact[], Fact[], { fact: Fact; reason: string }[]] = [[], [], []];
  for (const one of factsOf(expected)) {
    const fact = said.asStated(one);
    const reason = said.whyNot(fact);
    if (reason !== undefined) excluded.push({ fact, reason });
    else if (have.some((ours) => agrees(ours, fact))) agreed.push(fact);
    else missing.push(fact);
  }
  return { agreed, missing, excluded };
}

const TIMES: ReadonlySet<FactKind> = new Set(['birth date', 'encounter period', 'appointment time']);

function agrees(ours: Fact, theirs: Fact): boolean {
  if (ours.kind !== theirs.kind || same(ours.of) !== same(theirs.of)) return false;
  if (TIMES.has(ours.kind) || /^\d{4}-\d\d-\d\d/.test(theirs.value)) return sameTime(ours.value, theirs.value);
  if (Number.isFinite(Number(theirs.value)) && Number.isFinite(Number(ours.value)))
    return Number(ours.value) === Number(theirs.value);
  // A place is named by its parts there and as a whole here, or the other way round.
  if (ours.kind === 'encounter location') return ` ${same(ours.value)} `.includes(` ${same(theirs.value)} `);
  return same(ours.value) === same(theirs.value);
}

/** Line ends and repetitions are white space to whoever reads a text. */
const same = (value: string): string =>
  value
    .replaceAll(/\\\.br\\|[\s~]+/gi, ' ')
    .replaceAll(/ +/g, ' ')
    .trim()
    .toUpperCase();

/** The same moment, or the same digits as far as both state them: converters give times without a zone different ones. */
function sameTime(one: string, other: string): boolean {
  const digits = (value: string): string =>
    value
      .replace(/(?:Z|[+-]\d\d:?\d\d)$/, '')
      .replaceAll(/\D/g, '')
      .slice(0, 12);
  const [a, b] = [digits(one), digits(other)];
  if (a.length >= 4 && b.length >= 4 && a.startsWith(b)) return true;
  const [at, bt] = [Date.parse(one), Date.parse(other)];
  return Number.isFinite(at) && at === bt;
}

/** What the message itself says: a fact that it does not state was made up by the other converter, or set by its site. */
class Stated {
  /** As sent, with its escapes. */
  readonly #message: string;
  readonly #text: string;
  readonly #digits: string;
  readonly #parts: ReadonlySet<string>;
  readonly #observed: ReadonlySet<string>;
  readonly #ofOthers: ReadonlySet<string>;
  /** Text of the segments that name the patient. */
  readonly #named: string;
  /** Codes of observations and reports whose status is stated: OBX-11, OBR-25. */
  readonly #withStatus: ReadonlySet<string>;
  /** Without those that are empty in a message. */
  readonly #fields: readonly { readonly place: string; readonly text: string; readonly parts: readonly string[] }[];
  readonly #sex: readonly string[];
  readonly #classes: readonly string[];

  constructor(message: string) {
    const plain = unescaped(message);
    this.#message = message;
    this.#text = same(plain);
    this.#digits = plain;
    this.#parts = new Set(plain.split(/[|^~&\r\n]+/).map(same));
    this.#ofOthers = numbersOfOthers(plain);
    const lines = plain.split(/[\r\n]+/).map((line) => line.split('|'));
    this.#named = same(lines.flatMap((line) => (/^(?:PID|MRG)$/.test(line[0] ?? '') ? line : [])).join(' '));
    this.#withStatus = new Set(lines.flatMap(withStatus));
    this.#fields = lines.flatMap(([name = '', ...fields]) =>
      fields.map((text, i) => ({ place: `${name}-${i + 1}`, text, parts: text.split(/[\^~&]/).map(same) })),
    );
    const first = (place: string): readonly string[] =>
      this.#fields.flatMap((one) => (one.place === place ? [one.parts[0] ?? ''] : [])).filter((code) => code !== '');
    this.#sex = first('PID-8');
    this.#classes = first('PV1-2');
    const observed = plain.split(/[\r\n]+/).filter((line) => line.startsWith('OBX|'));
    this.#observed = new Set(observed.flatMap((line) => (line.split('|')[3] ?? '').split(/[\^~&]/).map(same)));
  }

  /** A number that the other converter took with the sub-components behind it is the first of them. */
  asStated(fact: Fact): Fact {
    const [first = ''] = fact.value.split('&');
    return fact.kind === 'order number' && this.#message.includes(fact.value) ? { ...fact, value: first } : fact;
  }

  /** Where the value stands: `PV1-3`. */
  #places(value: string): readonly string[] {
    const wanted = same(value);
    return this.#fields.flatMap(({ place, parts }) => (parts.includes(wanted) ? [place] : []));
  }

  /** In these places alone. */
  #standsOnlyIn(value: string, places: RegExp): boolean {
    const found = this.#places(value);
    return found.length > 0 && found.every((place) => places.test(place));
  }

  whyNot({ kind, of, value }: Fact): string | undefined {
    if (kind.startsWith('observation') && !this.#observed.has(same(kind === 'observation' ? value : of)))
      return 'an observation made of something that is no OBX';
    switch (kind) {
      case 'patient identifier':
        if (this.#ofOthers.has(same(value))) return OF_OTHERS;
        return this.#parts.has(same(value)) ? undefined : NOT_STATED;
      case 'encounter location':
        if (this.#standsOnlyIn(value, /^(?:PDA|PRT)-/)) return OTHER_PLACE;
        return this.#parts.has(same(value)) || this.#text.includes(same(value)) ? undefined : NOT_STATED;
      case 'order number':
        if (this.#standsOnlyIn(value, /^OBX-/)) return OF_OBSERVATION;
        return this.#parts.has(same(value)) || this.#text.includes(same(value)) ? undefined : NOT_STATED;
      case 'visit number':
      case 'observation':
        return this.#parts.has(same(value)) || this.#text.includes(same(value)) ? undefined : NOT_STATED;
      case 'patient name':
        return value.split(', ').every((part) => this.#named.includes(same(part))) ? undefined : OF_OTHERS;
      case 'encounter period':
        if (this.#isOnlyExpected(value)) return EXPECTED;
        if (of === 'end' && this.#endsBeforeItBegins()) return BACKWARDS;
        return this.#digits.includes(value.replaceAll(/\D/g, '').slice(0, 8)) ? undefined : NOT_STATED;
      case 'birth date':
      case 'appointment time':
        return this.#digits.includes(value.replaceAll(/\D/g, '').slice(0, 8)) ? undefined : NOT_STATED;
      case 'observation value':
      case 'observation unit':
        return this.#states(value) ? undefined : NOT_STATED;
      case 'observation status':
        return this.#withStatus.has(`OBX ${same(of)}`) ? undefined : NO_STATUS;
      case 'report status':
        return this.#withStatus.has(`OBR ${same(of)}`) ? undefined : NO_STATUS;
      // Codes of FHIR, not of HL7: what they stand for cannot be looked up in the text.
      case 'gender':
        return this.#sex.every((code) => SEXES.has(code)) ? undefined : NO_SEX;
      case 'encounter class':
        if (this.#classes.length === 0) return NOT_STATED;
        return CLASSES.has(value) ? undefined : NO_CLASS;
      case 'observation flag':
        return undefined;
      default:
        return kind satisfies never;
    }
  }

  /** Compared by the day: converters give times other zones. */
  #isOnlyExpected(value: string): boolean {
    const day = value.replaceAll(/\D/g, '').slice(0, 8);
    const has = (places: RegExp): boolean =>
      this.#fields.some(({ place, text }) => places.test(place) && text.startsWith(day));
    return day.length === 8 && has(/^PV2-[89]$/) && !has(/^PV1-4[45]$/);
  }

  #endsBeforeItBegins(): boolean {
    const at = (place: string): string => this.#fields.find((one) => one.place === place)?.text.slice(0, 12) ?? '';
    return at('PV1-45') !== '' && at('PV1-45') < at('PV1-44');
  }

  #states(value: string): boolean {
    if (/^\d{4}-\d\d/.test(value)) return this.#digits.includes(value.replaceAll(/\D/g, '').slice(0, 8));
    if (this.#text.includes(same(value))) return true;
    const number = Number(value);
    return Number.isFinite(number) && [...this.#parts].some((part) => part !== '' && Number(part) === number);
  }
}

function withStatus([name = '', ...fields]: readonly string[]): readonly string[] {
  const [code, status] = name === 'OBX' ? [fields[2], fields[10]] : name === 'OBR' ? [fields[3], fields[24]] : [];
  return status ? (code ?? '').split(/[~^&]/).map((part) => `${name} ${same(part)}`) : [];
}

/**
 * GT1 is the guarantor, who is the patient where GT1-11 says so and GT1-3 is the name of PID-5: one that says so of another
 * name contradicts itself. IN2-6, 8 and 10 are of the insured, who is the patient only where IN1-17 says so (HL7 2.5.1, 6.5.7).
 */
function numbersOfOthers(message: string): ReadonlySet<string> {
  const others = new Set<string>();
  const own = new Set<string>();
  let insuredIsPatient = false;
  let [family = '', given = '']: readonly string[] = [];
  for (const line of message.split(/[\r\n]+/)) {
    const fields = line.split('|');
    const numbers = (at: number): readonly string[] =>
      (fields[at] ?? '').split('~').map((one) => same(one.split('^')[0] ?? ''));
    const name = (at: number): readonly string[] => (fields[at] ?? '').split(/[~^&]/).map(same);
    if (fields[0] === 'PID')
      [family = '', given = ''] =
        (fields[5] ?? '')
          .split('~')[0]
          ?.split('^')
          .map((part) => same(part.split('&')[0] ?? '')) ?? [];
    if (fields[0] === 'IN1') insuredIsPatient = SELF.test(fields[17] ?? '');
    const isSelf = SELF.test(fields[11] ?? '') && name(3).includes(family) && name(3).includes(given);
    if (fields[0] === 'GT1' && !isSelf) for (const at of [2, 12, 19]) for (const one of numbers(at)) others.add(one);
    if (fields[0] === 'IN2' && !insuredIsPatient)
      for (const at of [6, 8, 10]) for (const one of numbers(at)) others.add(one);
    if (fields[0] === 'PID') for (const at of [2, 3, 4, 18, 19, 20]) for (const one of numbers(at)) own.add(one);
  }
  for (const one of own) others.delete(one);
  return others;
}

/** HL7 table 0063, and the codes of X12 that stand in its place. */
const SELF = /^(?:SEL|01|18)/i;
const NOT_STATED = 'the message does not say it';
const OF_OTHERS = 'of somebody else: the guarantor, the insured';
const OTHER_PLACE = 'PDA-2 and PRT-9 are where somebody died or took part, not where the visit is';
const OF_OBSERVATION = 'OBX-21 and what a value holds name an observation, no order';
const EXPECTED = 'PV2-8 and PV2-9 are when a visit is expected to begin or end, not when it did';
const BACKWARDS = 'PV1-45 is before PV1-44, and a period that ends before it begins is none (per-1)';
const NO_SEX = 'PID-8 is no code of table 0001: a site gives it its meaning';
const NO_CLASS = 'their class is no code of v3 ActEncounterCode';
/** HL7 table 0001, 2.5.1. */
const SEXES: ReadonlySet<string> = new Set(['F', 'M', 'O', 'U', 'A', 'N', 'X']);
/** http://terminology.hl7.org/ValueSet/v3-ActEncounterCode */
const CLASSES: ReadonlySet<string> = new Set('AMB EMER FLD HH IMP ACUTE NONAC OBSENC PRENC SS VR'.split(' '));
const NO_STATUS = 'the message states no status of it';

function unescaped(message: string): string {
  return message
    .replaceAll('\\T\\', '&')
    .replaceAll('\\S\\', '^')
    .replaceAll('\\F\\', '|')
    .replaceAll('\\R\\', '~')
    .replaceAll('\\E\\', '\\');
}
