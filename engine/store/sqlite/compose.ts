import type { ClaimedWork, DecisionRecord, EffectBegin, EffectRecord, Store } from '../contract/index.ts';
import type { Settings } from './connection.ts';
import type { OwnedEffect } from './read/rows.ts';
import type { ReadOperations } from './read/operations.ts';
import { DecisionBatch } from './decisions.ts';
import { RecentBodies } from './recent-bodies.ts';
import { withinIdentity, withinStatements } from '../event-statements.ts';
import { json } from './sql.ts';
import { stepsText } from './steps.ts';
import type { WorkerCalls } from './worker-calls.ts';
import type { ClaimedRow } from './write/claim.ts';
import type { Begin } from './write/effects.ts';
import type { WriteOperations } from './write/operations.ts';

/** A note of an answer waits at most so long for a batch to ride with; no message depends on it. */
const ANSWERED_WITHIN_MS = 250;

/** The contract over the two workers. */
export function composeStore(
  writer: WorkerCalls<WriteOperations>,
  readerCalls: WorkerCalls<ReadOperations>,
  settings: Settings,
): Store {
  const reader = readingOwnWrites(readerCalls, writer);
  const notes = answerNotes(writer);
  const decisions = decisionBatches(writer);
  const recent = new RecentBodies();
  /** Owners that have begun effects here: an in-flight row of anybody else belongs to an earlier life. */
  const owners = new Set<string>();
  const seen = ({ owner, ...record }: OwnedEffect): EffectRecord =>
    record.state === 'in-flight' && !owners.has(owner) ? { ...record, state: 'ambiguous' } : record;

  return {
    durability: { adapter: 'sqlite', settings },
    ordered: true,
    journal: {
      accept: ({ bytes, answer, ...message }, work, resendWindowMs) =>
        writer.call('journal.accept', [
          {
            ...message,
            answerCode: answer.code,
            bytesAt: writer.put(bytes),
            answerAt: writer.put(answer.bytes),
            held: recent.add(message.id, bytes),
          },
          work,
          resendWindowMs,
        ]),
      answered: (id, at) => {
        notes.add(id, at);
        return Promise.resolve();
      },
      discardQuarantined: (id, at, audit) => writer.call('journal.discardQuarantined', [id, at, audit]),
      get: (id) => reader.call('journal.get', [id]),
      labels: (ids) => reader.call('journal.labels', [ids]),
      bytes: (id) => reader.call('journal.bytes', [id]),
      list: (query) => reader.call('journal.list', [query]),
      counts: (query) => reader.call('journal.counts', [query]),
      resends: (id) => reader.call('journal.resends', [id]),
      lastPerFeed: () => reader.call('journal.lastPerFeed', []),
    },
    acknowledgements: {
      make: (made) => writer.call('acknowledgements.make', [made]),
      delivered: (messageId, at) => writer.call('acknowledgements.delivered', [messageId, at]),
      take: (messageId, nextAt, until) => writer.call('acknowledgements.take', [messageId, nextAt, until]),
      failed: (messageId, code, nextAt) => writer.call('acknowledgements.failed', [messageId, code, nextAt]),
      again: (messageId, at) => writer.call('acknowledgements.again', [messageId, at]),
      lapse: (messageId, audit) => writer.call('acknowledgements.lapse', [messageId, audit]),
      get: (messageId) => reader.call('acknowledgements.get', [messageId]),
      bytes: (messageId) => reader.call('acknowledgements.bytes', [messageId]),
      due: (now, limit, resting) => reader.call('acknowledgements.due', [now, limit, resting]),
      nextDue: () => reader.call('acknowledgements.nextDue', []),
      ended: (limit, among) => reader.call('acknowledgements.ended', [limit, among]),
      counts: (now) => reader.call('acknowledgements.counts', [now]),
    },
    work: {
      claim: async (requests) => {
        const rows = (await writer.call('work.claim', [requests], decodeClaims)) as unknown as DecodedClaim[];
        return Promise.all(rows.map((row) => withBytes(row, recent, reader)));
      },
      pin: (workId, fence, version) => writer.call('work.pin', [workId, fence, version]),
      settle: ({ unhurried, ...request }) =>
        writer.call('work.settle', [{ ...request, trace: stepsText(request.trace) }], undefined, unhurried),
      renew: (workId, fence, leaseUntil) => writer.call('work.renew', [workId, fence, leaseUntil]),
      release: (owner, at) => writer.call('work.release', [owner, at]),
      expireLeases: (now) => writer.call('work.expireLeases', [now]),
      hasten: (endpoint, at, limit) => writer.call('work.hasten', [endpoint, at, limit]),
      nextDue: () => reader.call('work.nextDue', []),
      unpark: (childKey, at, data) => writer.call('work.unpark', [childKey, at, json(data)]),
      parkedChildren: (prefix, after, limit) => reader.call('work.parkedChildren', [prefix, after, limit]),
      wakeParked: (workId, at, audit) => writer.call('work.wakeParked', [workId, at, audit]),
      addChild: (work) => writer.call('work.addChild', [work]),
      redrive: (workId, at, audit) => writer.call('work.redrive', [workId, at, audit]),
      discard: (workId, at, reason, audit) => writer.call('work.discard', [workId, at, reason, audit]),
      doneAfter: (workId) => reader.call('work.doneAfter', [workId]),
      ofMessage: (messageId) => reader.call('work.ofMessage', [messageId]),
      get: (workId) => reader.call('work.get', [workId]),
      counts: () => reader.call('work.counts', []),
      firstWaiting: (subscription) => reader.call('work.firstWaiting', [subscription]),
      backlog: () => reader.call('work.backlog', []),
    },
    effects: {
      begin: async (identity, owner, at, request): Promise<EffectBegin> => {
        owners.add(owner);
        const requestAt = request && writer.put(request);
        const begin: DecodedBegin = await writer.call(
          'effects.begin',
          requestAt ? [identity, owner, at, requestAt] : [identity, owner, at],
          withRequest,
        );
        return begin.kind === 'recorded' ? { kind: 'recorded', record: seen(begin.record) } : begin;
      },
      finish: (key, outcome, at) => writer.call('effects.finish', [key, outcome, at]),
      decide: (key, outcome, at, audit) => writer.call('effects.decide', [key, outcome, at, audit]),
      get: async (key) => {
        const record = await reader.call('effects.get', [key]);
        return record && seen(record);
      },
      ofMessage: async (messageId) => (await reader.call('effects.ofMessage', [messageId])).map(seen),
      done: async (page) => {
        const { records, after } = await reader.call('effects.done', [page]);
        return { records: records.map(seen), after };
      },
    },
    decisions: {
      record: decisions,
      ofMessage: (messageId) => reader.call('decisions.ofMessage', [messageId]),
    },
    gate: { admit: (fact) => writer.call('gate.admit', [fact]) },
    escalations: {
      start: (escalation) => writer.call('escalations.start', [escalation]),
      due: (now, limit) => reader.call('escalations.due', [now, limit]),
      nextDue: () => reader.call('escalations.nextDue', []),
      fire: (id, step, child, next, audit) => writer.call('escalations.fire', [id, step, child, next, audit]),
      end: (id, state, by, at, child, audit) => writer.call('escalations.end', [id, state, by, at, child, audit]),
      restate: (id, messageId) => writer.call('escalations.restate', [id, messageId]),
      get: (id) => reader.call('escalations.get', ['id', id]),
      byKey: (key) => reader.call('escalations.get', ['key', key]),
      list: (query) => reader.call('escalations.list', [query]),
      tasksWaitedFor: (after, limit) => reader.call('escalations.tasksWaitedFor', [after, limit]),
    },
    eventStates: {
      advance: (messageId, statements) => writer.call('eventStates.advance', [messageId, withinStatements(statements)]),
    },
    identities: {
      take: (messageId, statement, now, how) =>
        writer.call('identities.take', [messageId, withinIdentity(statement), now, how]),
      answer: (id, seen, answer) => writer.call('identities.answer', [id, seen, answer]),
      undo: (id, seen, by) => writer.call('identities.undo', [id, seen, by]),
      person: (key) => reader.call('identities.person', [key]),
      question: (id) => reader.call('identities.question', [id]),
      questions: (query) => reader.call('identities.questions', [query]),
      counts: (query = {}) => reader.call('identities.counts', [query]),
      link: (id) => reader.call('identities.link', [id]),
      links: (query) => reader.call('identities.links', [query]),
      finding: (messageId) => reader.call('identities.finding', [messageId]),
    },
    tasks: {
      create: (task, event, audit) => writer.call('tasks.create', [task, event, audit]),
      change: (id, change) => writer.call('tasks.change', [id, change]),
      noteCopy: (id, seen, ehr) => writer.call('tasks.noteCopy', [id, seen, ehr]),
      get: (id) => reader.call('tasks.get', ['id', id]),
      byKey: (key) => reader.call('tasks.get', ['key', key]),
      events: (id) => reader.call('tasks.events', [id]),
      list: (query) => reader.call('tasks.list', [query]),
      search: (query, words) => reader.call('tasks.search', [query, words]),
      counts: (query, now) => reader.call('tasks.counts', [query, now]),
      outOfStep: (before, limit) => reader.call('tasks.outOfStep', [before, limit]),
      copies: (query) => reader.call('tasks.copies', [query]),
    },
    alerts: {
      raise: (alert, child, audit) => writer.call('alerts.raise', [alert, child, audit]),
      change: (id, seen, next, child, audit) => writer.call('alerts.change', [id, seen, next, child, audit]),
      heldBack: (one) => writer.call('alerts.heldBack', [one]),
      get: (id) => reader.call('alerts.get', [id]),
      ofGroup: (group) => reader.call('alerts.ofGroup', [group]),
      list: (query) => reader.call('alerts.list', [query]),
      counts: (query) => reader.call('alerts.counts', [query]),
      heldBackList: (query) => reader.call('alerts.heldBackList', [query]),
    },
    fallbacks: {
      states: () => reader.call('fallbacks.states', []),
      set: (next, audit) => writer.call('fallbacks.set', [next, audit]),
      decide: (workId, verdict) => writer.call('fallbacks.decide', [workId, verdict]),
      reviewsOf: (workId) => reader.call('fallbacks.reviewsOf', [workId]),
      byTask: (taskId) => reader.call('fallbacks.byTask', [taskId]),
      held: (query) => reader.call('fallbacks.held', [query]),
      heldCounts: () => reader.call('fallbacks.heldCounts', []),
      downs: () => reader.call('fallbacks.downs', []),
      noteDown: (endpoint, down) => writer.call('fallbacks.noteDown', [endpoint, down]),
    },
    differences: {
      put: (seen, next, audit) => writer.call('differences.put', [seen, next, audit]),
      get: (id) => reader.call('differences.get', [id]),
      list: (query) => reader.call('differences.list', [query]),
      counts: (query) => reader.call('differences.counts', [query]),
    },
    problems: {
      create: (report, audit) => writer.call('problems.create', [report, audit]),
      change: (seen, next, audit) => writer.call('problems.change', [seen, next, audit]),
      get: (id) => reader.call('problems.get', [id]),
      list: (query) => reader.call('problems.list', [query]),
      counts: (query) => reader.call('problems.counts', [query]),
    },
    subscriptions: {
      get: (name) => reader.call('subscriptions.get', [name]),
      list: () => reader.call('subscriptions.list', []),
      change: (seen, next, audit) => writer.call('subscriptions.change', [seen, next, audit]),
      take: (seen) => writer.call('subscriptions.take', [seen]),
      taken: async (feed, references) => new Map(await reader.call('subscriptions.taken', [feed, references])),
      noteWritten: (...version) => writer.call('subscriptions.noteWritten', version),
      written: (...version) => reader.call('subscriptions.written', version),
      forget: (before) => writer.call('subscriptions.forget', [before]),
    },
    audit: {
      append: (entries) => writer.call('audit.append', [entries]),
      list: (query) => reader.call('audit.list', [query]),
      head: () => reader.call('audit.head', []),
    },
    definitions: {
      put: (name, version, files, at) => writer.call('definitions.put', [name, version, files, at]),
      get: (version) => reader.call('definitions.get', [version]),
      latest: (name) => reader.call('definitions.latest', [name]),
    },
    switches: {
      set: (one, audit) => writer.call('switches.set', [one, audit]),
      clear: (id, audit) => writer.call('switches.clear', [id, audit]),
      list: (now) => reader.call('switches.list', [now]),
    },
    retention: { purge: (request) => writer.call('retention.purge', [request]) },
    figures: {
      minutes: (since, until) => reader.call('figures.minutes', [since, until]),
      depth: () => reader.call('figures.depth', []),
      reasons: () => reader.call('figures.reasons', []),
    },
    spans: {
      tasks: (query) => reader.call('spans.tasks', [query]),
      alerts: (query) => reader.call('spans.alerts', [query]),
      escalations: (query) => reader.call('spans.escalations', [query]),
      heldBack: (query) => reader.call('spans.heldBack', [query]),
    },
    close: async () => {
      notes.stop();
      // The writer goes last, so that its closing folds the write-ahead log into the database.
      await readerCalls.close();
      await writer.close();
    },
  };
}

/** What a caller has heard of is there to be read, also where it was answered before the database had it. */
function readingOwnWrites(
  reader: WorkerCalls<ReadOperations>,
  writer: WorkerCalls<WriteOperations>,
): Pick<WorkerCalls<ReadOperations>, 'call'> {
  const call: typeof reader.call = async (...given) => {
    await writer.behind;
    return reader.call(...given);
  };
  return { call };
}

type DecodedBegin = Exclude<Begin, { kind: 'act' }> | (EffectBegin & { kind: 'act' });

function withRequest(value: unknown, bytes: Uint8Array): DecodedBegin {
  const begin = value as Begin;
  if (begin.kind !== 'act' || !begin.requestAt) return begin;
  const { requestAt, ...rest } = begin;
  // Copied: the buffer is of the whole batch, and a request may be held for as long as its receiver takes.
  return { ...rest, request: bytes.slice(requestAt[0], requestAt[0] + requestAt[1]) };
}

interface DecodedClaim extends Omit<ClaimedWork, 'message'> {
  readonly message: Omit<ClaimedWork['message'], 'bytes'> & { readonly bytes: Uint8Array | null };
}

function decodeClaims(value: unknown, bytes: Uint8Array): DecodedClaim[] {
  return (value as ClaimedRow[]).map(({ message: { bytesAt, ...message }, ...work }) => ({
    ...work,
    message: { ...message, bytes: bytesAt && bytes.subarray(bytesAt[0], bytesAt[0] + bytesAt[1]) },
  }));
}

async function withBytes(
  claim: DecodedClaim,
  recent: RecentBodies,
  reader: Pick<WorkerCalls<ReadOperations>, 'call'>,
): Promise<ClaimedWork> {
  const held = claim.message.bytes ?? recent.take(claim.messageId);
  const bytes = held ?? (await reader.call('journal.bytes', [claim.messageId])) ?? new Uint8Array(0);
  return { ...claim, message: { ...claim.message, bytes } };
}

/** Decisions of one turn are one call, in the place of the first of them. */
function decisionBatches(writer: WorkerCalls<WriteOperations>): (decision: DecisionRecord) => Promise<void> {
  let batch: DecisionBatch | undefined;
  let kept: Promise<void> = Promise.resolve();
  writer.beforeSend.push(() => {
    batch?.close();
    batch = undefined;
  });
  return (decision) => {
    if (!batch) {
      batch = new DecisionBatch();
      kept = writer.call('decisions.record', [batch.groups], undefined, true);
    }
    batch.add(decision);
    return kept;
  };
}

function answerNotes(writer: WorkerCalls<WriteOperations>): { add(id: string, at: number): void; stop(): void } {
  let notes: (readonly [string, number])[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (notes.length === 0) return;
    const batch = notes;
    notes = [];
    // A note that is lost is a missing time in a list, nothing more.
    writer.call('journal.answered', [batch]).catch(() => undefined);
  };
  writer.beforeSend.push(flush);
  return {
    add(id, at) {
      notes.push([id, at]);
      timer ??= setTimeout(flush, ANSWERED_WITHIN_MS).unref();
    },
    stop: flush,
  };
}
