import type { mongo } from 'mongoose';
import { chain, GENESIS } from '../../../audit/record-hash.ts';
import type { AuditEntry, AuditRecord, Tally } from '../../contract/index.ts';
import type { CounterDoc, Documents, MessageDoc, WorkDoc } from '../documents.ts';
import type { Needs } from './needs.ts';
import type { Writer } from './writer.ts';
import { Counts, minuteName } from './counts.ts';
import { loadFacts } from './gate-facts.ts';
import { refreshKeys } from './ordering.ts';
import { Table } from './table.ts';

/** Work that one filter (expired, due) finds in one transaction; the caller asks again while it gets that many. */
export const MOST_BY_FILTER = 500;

/** Tables whose documents change within a batch. */
type Changing =
  | 'messages'
  | 'bodies'
  | 'acknowledgements'
  | 'work'
  | 'keys'
  | 'attempts'
  | 'effects'
  | 'requests'
  | 'gate'
  | 'gateKeys'
  | 'eventStates'
  | 'eventBefores'
  | 'identityKeys'
  | 'identityGroups'
  | 'identityAlike'
  | 'identityLinks'
  | 'identityQuestions'
  | 'identityFindings'
  | 'escalations'
  | 'tasks'
  | 'taskEvents'
  | 'alerts'
  | 'alertGroups'
  | 'alertCounted'
  | 'alertHeld'
  | 'fallbacks'
  | 'endpointDowns'
  | 'reviews'
  | 'differences'
  | 'problems'
  | 'subscriptions'
  | 'takenVersions'
  | 'writtenVersions'
  | 'audit'
  | 'chains'
  | 'switches';
const CHANGING: readonly Changing[] = [
  ...(['messages', 'bodies', 'acknowledgements', 'work', 'keys', 'attempts', 'effects', 'requests'] as const),
  ...([
    'gate',
    'gateKeys',
    'eventStates',
    'eventBefores',
    'identityKeys',
    'identityGroups',
    'identityAlike',
    'identityLinks',
    'identityQuestions',
    'identityFindings',
    'escalations',
    'tasks',
    'taskEvents',
    'alerts',
    'alertGroups',
    'alertCounted',
    'alertHeld',
    'fallbacks',
    'endpointDowns',
    'reviews',
    'differences',
    'problems',
    'subscriptions',
    'takenVersions',
    'writtenVersions',
    'audit',
    'chains',
    'switches',
  ] as const),
];
/** Documents of which the first to be written stays. */
type Kept = 'decisions' | 'definitions';

/** What a batch of operations shares inside one transaction. */
export class WriteContext {
  readonly writer: Writer;
  readonly session: mongo.ClientSession;
  readonly #tables: { readonly [Name in Changing]: Table<Documents[Name]> };
  readonly #counts: Counts;
  readonly #later: (() => Promise<void>)[] = [];
  /** Facts of a key, as loaded and as added by the batch. */
  readonly facts = new Map<string, Documents['gate'][]>();
  readonly #answers: (readonly [id: string, at: number])[] = [];
  readonly #kept: { readonly name: Kept; readonly document: Documents[Kept] }[] = [];
  /** Keys whose row has changed. */
  readonly dirtyKeys = new Set<string>();
  readonly #messageSeqs = new Map<string, number>();
  readonly #works = new Map<number, Set<string>>();
  readonly #byChildKey = new Map<string, string>();
  readonly #escalationByKey = new Map<string, string>();
  readonly #taskByKey = new Map<string, string>();
  readonly #byFilter = new Map<object, readonly WorkDoc[]>();
  /** Entries that a message may be a resend of. */
  earlier: MessageDoc[] = [];
  #earlierLoaded: readonly MessageDoc[] = [];
  readonly #firstSequence: number;
  #sequence: number;

  constructor(writer: Writer, session: mongo.ClientSession, sequence: number) {
    this.writer = writer;
    this.session = session;
    this.#counts = new Counts(writer, session);
    this.#sequence = sequence;
    this.#firstSequence = sequence;
    this.#tables = Object.fromEntries(
      CHANGING.map((name) => [
        name,
        new Table(writer.collections[name] as unknown as mongo.Collection<{ _id: string }>, session),
      ]),
    ) as unknown as { readonly [Name in Changing]: Table<Documents[Name]> };
  }

  table<Name extends Changing>(name: Name): Table<Documents[Name]> {
    return this.#tables[name];
  }

  sequence(): number {
    return this.#sequence++;
  }

  async load(needs: Needs): Promise<void> {
    const work = this.table('work');
    await work.load(new Set([...needs.workIds, ...needs.claimIds]));
    const found = [...needs.workIds].flatMap((id) => work.get(id) ?? []);
    if (needs.childKeys.size > 0) found.push(...(await work.find({ childKey: { $in: [...needs.childKeys] } })));
    for (const filter of needs.workFilters) {
      const matching = await work.find(filter, { sort: { seq: 1 }, limit: MOST_BY_FILTER });
      this.#byFilter.set(filter, matching);
      found.push(...matching);
    }
    const claimed = [...needs.claimIds].flatMap((id) => work.get(id) ?? []);
    for (const one of [...found, ...claimed]) this.#note(one);
    await this.#loadMessages(needs, [...found, ...claimed]);
    const keys = new Set(needs.orderingKeys);
    for (const { orderingKey } of found) if (orderingKey !== undefined) keys.add(orderingKey);
    await this.table('keys').load(keys);
    await this.#loadRest(needs);
  }

  async #loadMessages(needs: Needs, work: readonly WorkDoc[]): Promise<void> {
    const messages = this.table('messages');
    const seqs = new Set(work.map((one) => one.messageSeq));
    await messages.load(seqs);
    const several = [...seqs].filter((seq) => (messages.get(seq)?.items ?? 0) > 1);
    if (needs.messageIds.size > 0) {
      for (const message of await messages.find({ id: { $in: [...needs.messageIds] } })) {
        this.#messageSeqs.set(message.id, message._id);
        if (message.items > 0) several.push(message._id);
      }
    }
    if (several.length === 0) return;
    for (const one of await this.table('work').find({ messageSeq: { $in: several } })) this.#note(one);
  }

  async #loadRest(needs: Needs): Promise<void> {
    if (needs.hashes.size > 0) {
      this.earlier = await this.writer.collections.messages
        .find(
          { controlFold: { $in: [...needs.folds] }, bodyHash: { $in: [...needs.hashes] } },
          { session: this.session, sort: { _id: -1 } },
        )
        .toArray();
      this.#earlierLoaded = [...this.earlier];
      const firsts = this.earlier.flatMap((one) => (one.resendOf === undefined ? [] : [one.resendOf]));
      await this.table('messages').load(firsts);
    }
    await this.table('acknowledgements').load(needs.acknowledgementIds);
    await this.table('effects').load(needs.effectKeys);
    await this.table('requests').load(needs.requestKeys);
    await loadFacts(this, needs.gateFacts);
    await this.table('eventStates').load(needs.eventStates);
    await this.table('eventBefores').load(needs.eventBefores);
    await this.table('identityFindings').load(needs.identityFindings);
    await this.table('identityQuestions').load(needs.identityQuestions);
    await this.table('identityLinks').load(needs.identityLinks);
    await this.table('switches').load(needs.switchIds);
    await this.table('escalations').load(needs.escalationIds);
    if (needs.escalationKeys.size > 0) {
      for (const one of await this.table('escalations').find({ key: { $in: [...needs.escalationKeys] } })) {
        this.#escalationByKey.set(one.key, one._id);
      }
    }
    await this.table('alerts').load(needs.alertIds);
    await this.table('alertGroups').load(needs.alertGroups);
    await this.table('fallbacks').load(needs.fallbacks);
    await this.table('endpointDowns').load(needs.endpointDowns);
    await this.table('differences').load(needs.differenceIds);
    await this.table('problems').load(needs.problemIds);
    await this.table('subscriptions').load(needs.subscriptions);
    await this.table('takenVersions').load(needs.takenVersions);
    await this.table('writtenVersions').load(needs.writtenVersions);
    await this.table('tasks').load(needs.taskIds);
    if (needs.taskKeys.size > 0)
      for (const one of await this.table('tasks').find({ key: { $in: [...needs.taskKeys] } }))
        this.#taskByKey.set(one.key, one._id);
    if (needs.audit) await this.table('chains').load([this.writer.chain]);
  }

  #note(work: WorkDoc): void {
    let works = this.#works.get(work.messageSeq);
    if (!works) this.#works.set(work.messageSeq, (works = new Set()));
    works.add(work._id);
    if (work.childKey !== undefined) this.#byChildKey.set(work.childKey, work._id);
  }

  insertWork(work: WorkDoc): void {
    this.table('work').insert(work);
    this.#note(work);
  }

  insertMessage(message: MessageDoc): void {
    this.table('messages').insert(message);
    this.#messageSeqs.set(message.id, message._id);
    this.earlier.unshift(message);
  }

  insertEscalation(escalation: Documents['escalations']): void {
    this.table('escalations').insert(escalation);
    this.#escalationByKey.set(escalation.key, escalation._id);
  }

  insertTask(task: Documents['tasks']): void {
    this.table('tasks').insert(task);
    this.#taskByKey.set(task.key, task._id);
  }

  taskByKey(key: string): Documents['tasks'] | undefined {
    const id = this.#taskByKey.get(key);
    return id === undefined ? undefined : this.table('tasks').get(id);
  }

  messageById(id: string): MessageDoc | undefined {
    const seq = this.#messageSeqs.get(id);
    return seq === undefined ? undefined : this.table('messages').get(seq);
  }

  workByChildKey(key: string): WorkDoc | undefined {
    const id = this.#byChildKey.get(key);
    return id === undefined ? undefined : this.table('work').get(id);
  }

  /** What a filter of the batch's needs has found, as it was. */
  foundBy(filter: object): readonly WorkDoc[] {
    return this.#byFilter.get(filter) ?? [];
  }

  escalationByKey(key: string): Documents['escalations'] | undefined {
    const id = this.#escalationByKey.get(key);
    return id === undefined ? undefined : this.table('escalations').get(id);
  }

  worksOf(messageSeq: number): WorkDoc[] {
    return [...(this.#works.get(messageSeq) ?? [])]
      .flatMap((id) => this.table('work').get(id) ?? [])
      .toSorted((a, b) => a.seq - b.seq);
  }

  count(kind: CounterDoc['kind'], name: string, state: string, by: number, last?: number): void {
    this.#counts.add(kind, name, state, by, last);
  }

  /** Of a message that need not have been loaded. */
  noteAnswer(id: string, at: number): void {
    this.#answers.push([id, at]);
  }

  /** One more in the minute of `at`. */
  tally(what: Tally, at: number): void {
    this.count('minute', minuteName(at), what, 1);
  }

  /** Runs when the batch is written. */
  later(write: () => Promise<void>): void {
    this.#later.push(write);
  }

  keep<Name extends Kept>(name: Name, document: Documents[Name]): void {
    this.#kept.push({ name, document });
  }

  audit(entry: AuditEntry): void {
    const { chain: name } = this.writer;
    const head = this.table('chains').get(name) ?? { seq: 0, hash: GENESIS };
    const record: AuditRecord = chain(entry, head.seq + 1, head.hash);
    this.table('audit').insert({ _id: `${name}/${record.seq}`, chain: name, ...record });
    const now = { seq: record.seq, hash: record.hash };
    if (record.seq === 1) this.table('chains').insert({ _id: name, ...now });
    else this.table('chains').set(name, now);
  }

  /** Takes back what the operations of the batch have done in memory; nothing was written yet. */
  reset(): void {
    for (const name of CHANGING) this.table(name).reset();
    this.#counts.clear();
    this.#kept.length = 0;
    this.#answers.length = 0;
    this.#later.length = 0;
    for (const [key, facts] of this.facts)
      this.facts.set(
        key,
        facts.filter((one) => this.table('gate').get(one._id)),
      );
    this.dirtyKeys.clear();
    this.earlier = [...this.#earlierLoaded];
    this.#sequence = this.#firstSequence;
  }

  get dirty(): boolean {
    return (
      this.dirtyKeys.size > 0 ||
      this.#kept.length > 0 ||
      this.#counts.dirty ||
      this.#answers.length > 0 ||
      this.#later.length > 0 ||
      CHANGING.some((name) => this.table(name).dirty)
    );
  }

  async flush(): Promise<void> {
    await this.table('work').flush();
    await refreshKeys(this);
    for (const name of CHANGING) await this.table(name).flush();
    await this.#flushKept();
    await this.#flushAnswers();
    for (const write of this.#later) await write();
    await this.#counts.flush();
  }

  async #flushKept(): Promise<void> {
    for (const name of ['decisions', 'definitions'] as const) {
      const writes = this.#kept
        .filter((one) => one.name === name)
        .map(({ document: { _id, ...rest } }) => ({
          updateOne: { filter: { _id }, update: { $setOnInsert: rest }, upsert: true },
        }));
      if (writes.length === 0) continue;
      const collection = this.writer.collections[name] as unknown as mongo.Collection<{ _id: string }>;
      await collection.bulkWrite(writes, { session: this.session });
    }
    this.#kept.length = 0;
  }

  async #flushAnswers(): Promise<void> {
    if (this.#answers.length === 0) return;
    const writes = this.#answers.map(([id, at]) => ({
      updateOne: { filter: { id }, update: { $set: { answeredAt: at } } },
    }));
    await this.writer.collections.messages.bulkWrite(writes, { session: this.session });
  }
}
