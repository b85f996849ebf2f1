/** What one message makes of what is known of its patients: links, a verdict, questions. Runs in one transaction. */
import { MOST_KEYS } from '../store/contract/identities.ts';
import type {
  IdentityFinding,
  IdentityQuestion,
  IdentityStatement,
  IdentityVerdict,
  PersonStatement,
  TakeHow,
} from '../store/contract/identities.ts';
import type { IdentityTables, KeyRecord, Traits } from './identity-tables.ts';
import { addLink, idOf, keepQuestion, newKey, personOf, type Person } from './people.ts';
import { linkedAt, whoIsWho } from './who-is-who.ts';

/** People who are asked about at once; who is like more of them is asked about again. */
const MOST_ASKED = 3;
/** Values of an element that hold for one number: those before a correction, and after. */
const MOST_MARKS = 8;
/** By so much demographics may go before the body of the last message that stated them. */
const RESTATED_MS = 3_600_000;
/** Keys by which one mark is found: twins are two, a made-up patient is many. */
const MOST_ALIKE = 20;

export function takeStatement(
  tables: IdentityTables,
  messageId: string,
  statement: IdentityStatement,
  now: number,
  { again = false, delivery }: TakeHow = {},
): IdentityFinding {
  const seen = tables.finding(messageId);
  if (seen && !(again && seen.verdict === 'review')) return seen;
  const changed = new Set<string>();
  for (const { prior, survivor, kind, at } of statement.links) {
    const link = addLink(tables, { prior, survivor, kind, at, messageId, by: 'message', reason: null }, now);
    if (link.kind === 'made') for (const key of [prior, survivor]) changed.add(key);
  }
  const asking = { tables, messageId, now, asOf: delivery?.repeated === true ? delivery.firstAt : Infinity };
  const judged = statement.people.map((person) => takePerson(asking, person, changed));
  const finding: IdentityFinding = {
    verdict: mostDoubtful(judged),
    reasons: [...new Set(judged.flatMap(({ reasons }) => reasons))].toSorted(byText),
    questions: [...new Set(judged.flatMap(({ questions }) => questions))],
    ...whoIsWho(tables, statement.people, asking.asOf),
    changed: [...changed],
  };
  if (delivery && (finding.verdict === 'matched' || finding.verdict === 'unidentified') && changed.size === 0) {
    const since = linkedAt(tables, statement.people);
    // Found again from the same links: there is nothing to keep.
    if (since <= delivery.firstAt)
      return judged.some(({ wrote }) => wrote === true) ? finding : { ...finding, holdsFrom: since };
  }
  tables.putFinding(messageId, finding);
  return finding;
}

interface Judged {
  readonly verdict: IdentityVerdict;
  readonly reasons: readonly string[];
  readonly questions: readonly string[];
  /** Something was kept of the patient. */
  readonly wrote?: boolean;
}

const DOUBTS = ['review', 'new', 'matched', 'unidentified'] as const;
const mostDoubtful = (judged: readonly Judged[]): IdentityVerdict =>
  DOUBTS.find((verdict) => judged.some((one) => one.verdict === verdict)) ?? 'unidentified';

function takePerson(asking: Asking, said: PersonStatement, changed: Set<string>): Judged {
  const { tables, messageId, now, asOf } = asking;
  if (said.keys.length === 0) return { verdict: 'unidentified', reasons: ['identifiers'], questions: [] };
  const people = distinct(said.keys.flatMap((key) => personOf(tables, key) ?? []));
  const [first, ...others] = people;
  if (!first) return takeNew(asking, said);
  if (others.length > 0) {
    const asked = others
      .slice(0, MOST_ASKED)
      .map((other) => askTwo(asking, 'two-people', first, other, [], said.compare));
    return doubted(asked, ['identifiers']);
  }
  const differing = said.compare.filter((element) => {
    const mark = said.marks[element];
    const known = marksOf(first, element).filter((one) => madeWith(one) === madeWith(mark));
    return mark !== undefined && known.length > 0 && !known.includes(mark);
  });
  if (differing.length > 0) {
    return doubted([askOverlay(asking, said, first, differing)], differing);
  }
  const attached = attach(asking, said, first, changed);
  const wrote = keepStatement(tables, messageId, said, now);
  const waiting = first.group.questions
    .flatMap((id) => tables.question(id) ?? [])
    .filter(
      ({ state, kind, keys, since }) =>
        state === 'open' &&
        kind !== 'overlay' &&
        since <= asOf &&
        keys.some((key) => first.members.some((one) => one.key === key)),
    );
  if (waiting.length > 0)
    return {
      verdict: 'review',
      reasons: waiting.flatMap(({ kind, elements }) => (kind === 'duplicate' ? elements : ['identifiers'])),
      questions: waiting.map(({ id }) => id),
    };
  return attached
    ? { verdict: 'matched', reasons: [], questions: [], wrote }
    : { verdict: 'review', reasons: ['too-many-identifiers'], questions: [] };
}

interface Asking {
  readonly tables: IdentityTables;
  readonly messageId: string;
  readonly now: number;
  /** Later links and questions are not for it to know. */
  readonly asOf: number;
}

/** Nobody is known by any of its numbers: from now on somebody is, whatever the answer to a question will be. */
function takeNew(asking: Asking, said: PersonStatement): Judged {
  const { tables, messageId, now } = asking;
  const [own = ''] = ownKeys(said);
  const alike =
    said.alike === null
      ? []
      : distinct(
          tables.alike(said.alike).flatMap((key) => {
            const person = tables.key(key)?.alike === said.alike ? personOf(tables, key) : undefined;
            return person ?? [];
          }),
        );
  newKey(tables, own, messageId, now);
  const person = personOf(tables, own);
  if (!person) throw new TypeError('a key that was just made is known');
  attach(asking, said, person, new Set());
  keepStatement(tables, messageId, said, now);
  const asked = alike
    .slice(0, MOST_ASKED)
    .map((other) => askTwo(asking, 'duplicate', other, personOf(tables, own) ?? person, said.findBy, said.compare));
  const isAnswered = asked.every((question) => question && question.state !== 'open');
  return isAnswered ? { verdict: 'new', reasons: [], questions: [] } : doubted(asked, said.findBy);
}

/** The one that events are told by first: others are known by it. */
const ownKeys = ({ chosen, keys }: PersonStatement): readonly string[] =>
  keys.includes(chosen) ? [chosen, ...keys.filter((key) => key !== chosen)] : keys;

/** False: too many would be one. */
function attach({ tables, messageId, now }: Asking, said: PersonStatement, to: Person, changed: Set<string>): boolean {
  let whole = true;
  for (const key of ownKeys(said)) {
    if (tables.key(key)) continue;
    if ((tables.group(personOf(tables, to.survivor)?.group.id ?? '')?.keys.length ?? 0) >= MOST_KEYS) {
      whole = false;
      continue;
    }
    const link = { prior: key, survivor: to.survivor, kind: 'stated', by: 'message', reason: null } as const;
    if (addLink(tables, { ...link, at: said.at, messageId }, now).kind === 'made') changed.add(key);
  }
  return whole;
}

/** False: the same is kept already. */
function keepStatement(tables: IdentityTables, messageId: string, said: PersonStatement, now: number): boolean {
  const [own = ''] = ownKeys(said);
  const known = tables.key(own) ?? newKey(tables, own, messageId, now);
  const alike = said.alike ?? known.alike;
  if (alike === known.alike && isRestated(known.traits, said)) return false;
  tables.putKey({ ...known, messageId, traits: withMarks(known.traits, said.marks, said.at), alike });
  if (alike === known.alike) return true;
  if (known.alike !== null)
    tables.putAlike(
      known.alike,
      tables.alike(known.alike).filter((key) => key !== own),
    );
  if (alike !== null) tables.putAlike(alike, [...tables.alike(alike), own].slice(-MOST_ALIKE));
  return true;
}

/** Said a moment ago, by a message that keeps it nearly as long: most messages of a patient write nothing of him. */
function isRestated(traits: Traits, { marks, at }: PersonStatement): boolean {
  const stated = Object.entries(marks);
  return (
    // Of a number alone nothing says when it was stated last, and it is forgotten with that message.
    stated.length > 0 &&
    stated.every(([element, mark]) => traits[element]?.some(([one, since]) => one === mark && at - since < RESTATED_MS))
  );
}

export function withMarks(traits: Traits, marks: PersonStatement['marks'], at: number): Traits {
  const next: Record<string, Traits[string]> = { ...traits };
  for (const [element, mark] of Object.entries(marks)) {
    const before = next[element] ?? [];
    const since = Math.max(at, before.find(([one]) => one === mark)?.[1] ?? at);
    next[element] = [...before.filter(([one]) => one !== mark), [mark, since] as const]
      .toSorted((a, b) => a[1] - b[1])
      .slice(-MOST_MARKS);
  }
  return next;
}

/** Which key a mark was made with: those of another cannot be compared. */
const madeWith = (mark: string | undefined): string | undefined => mark?.split('.').slice(0, -1).join('.');

const marksOf = ({ members }: Person, element: string): readonly string[] =>
  members.flatMap(({ traits }) => (traits[element] ?? []).map(([mark]) => mark));

const distinct = (people: readonly Person[]): readonly Person[] => [
  ...new Map(people.map((person) => [person.survivor, person])).values(),
];

/** `undefined` among them: too much is asked about one number already. */
const doubted = (asked: readonly (IdentityQuestion | undefined)[], reasons: readonly string[]): Judged => ({
  verdict: 'review',
  reasons: asked.includes(undefined) ? [...reasons, 'too-many-questions'] : reasons,
  questions: asked.flatMap((question) => (question?.state === 'open' ? question.id : [])),
});

function askTwo(
  asking: Asking,
  kind: 'two-people' | 'duplicate',
  one: Person,
  other: Person,
  elements: readonly string[],
  compare: readonly string[],
): IdentityQuestion | undefined {
  const [first, second] = [one, other].toSorted(
    (a, b) => sinceOf(a) - sinceOf(b) || (a.survivor < b.survivor ? -1 : 1),
  ) as [Person, Person];
  const keys = [first.survivor, second.survivor];
  // Of any of their numbers: what was asked under one before is not asked under another.
  const known = first.group.questions
    .flatMap((id) => asking.tables.question(id) ?? [])
    .find(
      (question) =>
        question.kind !== 'overlay' &&
        question.state !== 'withdrawn' &&
        question.keys.some((key) => first.members.some((member) => member.key === key)) &&
        question.keys.some((key) => second.members.some((member) => member.key === key)),
    );
  if (known) return known;
  const compared = comparedIn([...new Set([...elements, ...compare])], (element) => [
    marksOf(first, element),
    marksOf(second, element),
  ]);
  const about = { kind, keys, elements, compared, marks: null, otherMessageId: newestOf(first).messageId };
  return ask(asking, idOf('two', ...keys.toSorted()), about);
}

function askOverlay(
  asking: Asking,
  said: PersonStatement,
  known: Person,
  differing: readonly string[],
): IdentityQuestion | undefined {
  const marks = Object.fromEntries(differing.map((element) => [element, said.marks[element] ?? '']));
  const [own = ''] = ownKeys(said).filter((key) => asking.tables.key(key));
  const id = idOf(
    'overlay',
    own,
    JSON.stringify([...differing].toSorted(byText).map((element) => [element, marks[element]])),
  );
  const otherMessageId = newestOf(known).messageId;
  const compared = comparedIn(said.compare, (element) => [[said.marks[element] ?? []].flat(), marksOf(known, element)]);
  return ask(asking, id, { kind: 'overlay', keys: [own], elements: differing, compared, marks, otherMessageId });
}

/** Marks of another key cannot be compared: the element counts as not stated. */
function comparedIn(
  elements: readonly string[],
  sidesOf: (element: string) => readonly [readonly string[], readonly string[]],
): NonNullable<IdentityQuestion['compared']> {
  const compared: { agree: string[]; differ: string[] } = { agree: [], differ: [] };
  for (const element of elements) {
    const [one, other] = sidesOf(element);
    if (one.some((mark) => other.includes(mark))) compared.agree.push(element);
    else if (one.some((mark) => other.some((known) => madeWith(known) === madeWith(mark))))
      compared.differ.push(element);
  }
  return compared;
}

function ask(
  { tables, messageId, now }: Asking,
  id: string,
  about: Pick<IdentityQuestion, 'kind' | 'keys' | 'elements' | 'compared' | 'marks' | 'otherMessageId'>,
): IdentityQuestion | undefined {
  const known = tables.question(id);
  if (known && known.state !== 'withdrawn') return known;
  const question: IdentityQuestion = {
    id,
    version: (known?.version ?? 0) + 1,
    state: 'open',
    ...about,
    messageId,
    since: now,
    decided: null,
    linkId: null,
  };
  if (!keepQuestion(tables, question)) return undefined;
  const details = { question: id, kind: about.kind, elements: about.elements.join(', ') };
  tables.audit({ at: now, type: 'identity.asked', actor: 'system', messageId, details });
  return question;
}

const byText = (a: string, b: string): number => (a < b ? -1 : 1);
const sinceOf = ({ members }: Person): number => Math.min(...members.map(({ since }) => since));
const newestOf = ({ members, survivor }: Person): KeyRecord =>
  members.find(({ key }) => key === survivor) ?? (members[0] as KeyRecord);
