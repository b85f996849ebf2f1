/** Reading and joining people in the rows of one transaction. */
import { createHash } from 'node:crypto';
import { MOST_KEYS } from '../store/contract/identities.ts';
import type { IdentityLink, IdentityQuestion, KnownPerson, LinkKind } from '../store/contract/identities.ts';
import type { GroupRecord, IdentityTables, KeyRecord } from './identity-tables.ts';
import { linkGraph, type LinkGraph } from './link-graph.ts';

export interface Person {
  readonly survivor: string;
  readonly members: readonly KeyRecord[];
  readonly group: GroupRecord;
  readonly graph: LinkGraph;
  readonly links: readonly IdentityLink[];
}

export const idOf = (...parts: readonly (string | number)[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);

/** Keys in records for people: enough to tell them apart. */
export const short = (key: string): string => key.slice(0, 12);

type Reading = Pick<IdentityTables, 'key' | 'group' | 'link' | 'question'>;

/** `asOf`: without what was linked, or taken back, later. */
export function personOf(
  tables: Pick<Reading, 'key' | 'group' | 'link'>,
  key: string,
  asOf = Infinity,
): Person | undefined {
  const record = tables.key(key);
  const group = record && tables.group(record.group);
  if (!group) return undefined;
  const links = group.links
    .flatMap((id) => tables.link(id) ?? [])
    .filter(({ recordedAt }) => recordedAt <= asOf)
    .map((link) => (link.undone !== null && link.undone.at > asOf ? { ...link, undone: null } : link));
  const graph = linkGraph(links);
  const survivor = graph.survivorOf(key);
  const members = group.keys.flatMap((one) => (graph.survivorOf(one) === survivor ? (tables.key(one) ?? []) : []));
  return { survivor, members, group, graph, links };
}

export function knownPerson(tables: Reading, key: string): KnownPerson | undefined {
  const person = personOf(tables, key);
  if (!person) return undefined;
  const { survivor, members, links, graph, group } = person;
  const own = new Set(members.map((one) => one.key));
  return {
    survivor,
    keys: members
      .toSorted((a, b) => Number(b.key === survivor) - Number(a.key === survivor) || a.since - b.since)
      .map(({ key: one, since, firstMessageId, messageId }) => ({
        key: one,
        since,
        messageId: firstMessageId,
        lastMessageId: messageId,
      })),
    links: links
      .filter(({ prior, survivor: to }) => own.has(prior) || own.has(to))
      .toSorted((a, b) => b.at - a.at)
      .map((link) => ({ ...link, counts: graph.counts(link) })),
    questions: group.questions
      .flatMap((id) => tables.question(id) ?? [])
      .filter(({ keys }) => keys.some((one) => own.has(one))),
  };
}

export function newKey(tables: IdentityTables, key: string, messageId: string, now: number): KeyRecord {
  const known = tables.key(key);
  if (known) return known;
  const record = { key, group: key, since: now, firstMessageId: messageId, messageId, traits: {}, alike: null };
  tables.putKey(record);
  tables.putGroup({ id: key, keys: [key], links: [], questions: [] });
  return record;
}

export interface NewLink {
  readonly prior: string;
  readonly survivor: string;
  readonly kind: LinkKind;
  readonly at: number;
  readonly messageId: string;
  readonly by: string;
  readonly reason: string | null;
}

/** `made`: it is there now and may have changed who somebody is; `known`: it was there before. */
export function addLink(
  tables: IdentityTables,
  wanted: NewLink,
  now: number,
): { readonly kind: 'made' | 'known'; readonly id: string } | { readonly kind: 'refused' } {
  const { prior, survivor, kind, at, messageId, by, reason } = wanted;
  const record = (type: string, details: Readonly<Record<string, string>>): void =>
    tables.audit({
      at: now,
      type,
      actor: by === 'message' ? 'system' : by,
      messageId,
      details: { prior: short(prior), survivor: short(survivor), kind, ...details },
      ...(reason !== null && { reason }),
    });
  const refused = (because: string): { readonly kind: 'refused' } => {
    record('identity.link-refused', { because });
    return { kind: 'refused' };
  };
  if (prior === survivor) return refused('it leads to itself');
  const id = idOf('link', prior, survivor, kind === 'stated' ? 1 : 0, at);
  if (tables.link(id)) return { kind: 'known', id };
  const [from, to] = [newKey(tables, prior, messageId, now), newKey(tables, survivor, messageId, now)];
  const group = join(tables, from.group, to.group);
  if (!group) return refused(`more than ${MOST_KEYS} numbers would be one person`);
  const link: IdentityLink = {
    id,
    version: 1,
    prior,
    survivor,
    kind,
    at,
    recordedAt: now,
    messageId,
    by,
    reason,
    undone: null,
  };
  tables.putLink(link);
  tables.putGroup({ ...group, links: [...group.links, id] });
  const { graph } = personOf(tables, survivor) ?? {};
  if (graph?.counts(link)) record('identity.linked', {});
  else record('identity.link-set-aside', { because: 'another link counts in its place' });
  withdrawAnswered(tables, group.id, now);
  return { kind: 'made', id };
}

function join(tables: IdentityTables, one: string, other: string): GroupRecord | undefined {
  const [a, b] = [tables.group(one), tables.group(other)];
  if (!a || !b) throw new TypeError('a key is in a group');
  if (a.id === b.id) return a;
  if (a.keys.length + b.keys.length > MOST_KEYS) return undefined;
  const [into, from] = a.keys.length >= b.keys.length ? [a, b] : [b, a];
  const joined: GroupRecord = {
    id: into.id,
    keys: [...into.keys, ...from.keys],
    links: [...new Set([...into.links, ...from.links])],
    questions: [...new Set([...into.questions, ...from.questions])],
  };
  for (const key of from.keys) {
    const record = tables.key(key);
    if (record) tables.putKey({ ...record, group: into.id });
  }
  tables.putGroup(joined);
  tables.removeGroup(from.id);
  return joined;
}

/** A merge has said what somebody was asked. */
function withdrawAnswered(tables: IdentityTables, groupId: string, now: number): void {
  const group = tables.group(groupId);
  if (!group) return;
  const graph = linkGraph(group.links.flatMap((id) => tables.link(id) ?? []));
  for (const id of group.questions) {
    const question = tables.question(id);
    if (question?.state !== 'open' || question.keys.length < 2) continue;
    if (new Set(question.keys.map((key) => graph.survivorOf(key))).size > 1) continue;
    const decided = { by: 'system', at: now, reason: 'A merge has said that they are one.' };
    const { left: _, ...asked } = question;
    tables.putQuestion({ ...asked, version: question.version + 1, state: 'withdrawn', marks: null, decided });
    tables.audit({
      at: now,
      type: 'identity.withdrawn',
      actor: 'system',
      messageId: question.messageId,
      details: { question: id, kind: question.kind },
    });
  }
}

/**
 * In the groups of all whom it asks about, so that whoever looks at one of them finds it. `false`: one of them has as many as
 * there may be, and nothing was kept. None that is there is left out for it: what is open would be forgotten, and what was
 * decided asked again.
 */
export function keepQuestion(tables: IdentityTables, question: IdentityQuestion): boolean {
  const ids = new Set(question.keys.flatMap((key) => tables.key(key)?.group ?? []));
  const without = [...ids]
    .flatMap((id) => tables.group(id) ?? [])
    .filter(({ questions }) => !questions.includes(question.id))
    // Some went with their messages.
    .map((group) => ({ ...group, questions: group.questions.filter((id) => tables.question(id)) }));
  if (without.some(({ questions }) => questions.length >= MOST_QUESTIONS)) return false;
  tables.putQuestion(question);
  for (const group of without) tables.putGroup({ ...group, questions: [...group.questions, question.id] });
  return true;
}

/** Of one group: more is a number that everybody has. */
const MOST_QUESTIONS = 100;
