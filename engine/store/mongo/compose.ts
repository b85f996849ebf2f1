import type { ClaimedWork, ClaimRequest, EffectBegin, Store } from '../contract/index.ts';
import { storeErrors } from '../sqlite/errors.ts';
import type { Batches } from './batches.ts';
import type { Settings } from './connection.ts';
import type { Collections } from './documents.ts';
import * as acknowledgements from './read/acknowledgements.ts';
import * as alerts from './read/alerts.ts';
import * as clinical from './read/clinical.ts';
import * as fallbacks from './read/fallbacks.ts';
import * as figures from './read/figures.ts';
import * as identities from './read/identities.ts';
import * as messages from './read/messages.ts';
import * as differences from './read/differences.ts';
import * as problems from './read/problems.ts';
import * as subscriptions from './read/subscriptions.ts';
import { effectFrom } from './read/records.ts';
import * as spans from './read/spans.ts';
import * as tasks from './read/tasks.ts';
import * as work from './read/work.ts';
import { storeError } from './sent-error.ts';
import { accept } from './write/accept.ts';
import {
  acknowledgementAgain,
  acknowledgementDelivered,
  acknowledgementFailed,
  lapseAcknowledgement,
  makeAcknowledgement,
  takeAcknowledgement,
} from './write/acknowledgements.ts';
import { changeAlert, keepHeldBack, raiseAlert } from './write/alerts.ts';
import { appendAudit, noteAnswers } from './write/small.ts';
import { candidates, claim } from './write/claim.ts';
import {
  endEscalation,
  fireEscalation,
  putDefinition,
  recordDecision,
  restateEscalation,
  startEscalation,
} from './write/clinical.ts';
import { MOST_BY_FILTER } from './write/context.ts';
import { beginEffect, decideEffect, finishEffect } from './write/effects.ts';
import { decideReview, noteDown, setFallback } from './write/fallbacks.ts';
import { admit } from './write/gate.ts';
import { LostDecisions } from './write/lost-decisions.ts';
import { withinIdentity, withinStatements } from '../event-statements.ts';
import { advanceStates } from './write/event-states.ts';
import { answerIdentity, takeIdentity, undoIdentityLink } from './write/identities.ts';
import { putDifference } from './write/differences.ts';
import { changeProblem, createProblem } from './write/problems.ts';
import { changeSubscription, noteWritten, takeVersion } from './write/subscriptions.ts';
import { purge } from './write/purge.ts';
import { clearSwitch, setSwitch } from './write/switches.ts';
import { changeTask, createTask, noteTaskCopy } from './write/tasks.ts';
import { addChild } from './write/children.ts';
import { expireLeases, release } from './write/interrupt.ts';
import { discard, discardQuarantined, redrive } from './write/people.ts';
import { pin, renew, settle } from './write/settle.ts';
import { hasten, promoteDue, unpark, wakeParked } from './write/waiting.ts';

/** A note of an answer waits at most so long for a batch to ride with; no message depends on it. */
const ANSWERED_WITHIN_MS = 250;
/** How often a claim looks again where others were faster. */
const MOST_LOOKS = 5;

export interface Composed {
  readonly batches: Batches;
  /** For claims only. */
  readonly claims: Batches;
  readonly collections: Collections;
  readonly chain: string;
  readonly settings: Settings;
  readonly host: string;
  close(): Promise<void>;
}

/** The contract over batches of writes and plain reads. */
export function composeStore(parts: Composed): Store {
  const { batches, claims, collections, chain, settings, host } = parts;
  const notes = answerNotes(batches);
  const lost = new LostDecisions();
  /** Owners that have begun effects here: an in-flight effect of anybody else belongs to an earlier life. */
  const owners = new Set<string>();
  const ours = (owner: string): boolean => owners.has(owner);
  let closed = false;
  const read = async <R>(operation: string, ask: () => Promise<R>): Promise<R> => {
    if (closed) throw storeErrors.create('store-closed');
    try {
      return await ask();
    } catch (error) {
      throw storeError(error, operation, host);
    }
  };

  /** Settlings under way: a claim that was asked for behind them sees what they make claimable. */
  let settling: Promise<unknown> = Promise.resolve();

  async function claimAll(requests: readonly ClaimRequest[]): Promise<readonly ClaimedWork[]> {
    if (requests.length === 0) return [];
    await settling;
    const claimed: ClaimedWork[] = [];
    for (let looks = 0; looks < MOST_LOOKS; looks++) {
      const left = requests.map((request) => ({
        ...request,
        limit: request.limit - claimed.filter((one) => one.subscription === request.subscription).length,
      }));
      let { found, due } = await read('work.claim', () => candidates(collections, left));
      if (due) {
        await allOf(() => batches.do(promoteDue(Math.max(...requests.map((request) => request.now)))));
        ({ found, due } = await read('work.claim', () => candidates(collections, left)));
      }
      if (found.length === 0) break;
      const taken = await claims.do(claim(found));
      claimed.push(...taken);
      lost.claimed(taken);
      // Where somebody else was faster there may be more behind.
      if (taken.length === found.length) break;
    }
    return claimed;
  }

  return {
    durability: { adapter: 'mongodb', settings },
    ordered: false,
    journal: {
      accept: (message, items, resendWindowMs) => batches.do(accept(message, items, resendWindowMs)),
      discardQuarantined: (id, at, audit) => batches.do(discardQuarantined(id, at, audit)),
      answered: (id, at) => {
        notes.add(id, at);
        return Promise.resolve();
      },
      get: (id) => read('journal.get', () => messages.getMessage(collections, id)),
      labels: (ids) => read('journal.labels', () => messages.labelsOf(collections, ids)),
      bytes: (id) => read('journal.bytes', () => messages.getBytes(collections, id)),
      list: (query) => read('journal.list', () => messages.listMessages(collections, query)),
      counts: (query) => read('journal.counts', () => messages.countMessages(collections, query)),
      resends: (id) => read('journal.resends', () => messages.resends(collections, id)),
      lastPerFeed: () => read('journal.lastPerFeed', () => messages.lastPerFeed(collections)),
    },
    acknowledgements: {
      make: (made) => batches.do(makeAcknowledgement(made)),
      delivered: async (messageId, at) => void (await batches.do(acknowledgementDelivered(messageId, at))),
      take: (messageId, nextAt, until) => batches.do(takeAcknowledgement(messageId, nextAt, until)),
      failed: async (messageId, code, nextAt) =>
        void (await batches.do(acknowledgementFailed(messageId, code, nextAt))),
      again: (messageId, at) => batches.do(acknowledgementAgain(messageId, at)),
      lapse: (messageId, audit) => batches.do(lapseAcknowledgement(messageId, audit)),
      get: (id) => read('acknowledgements.get', () => acknowledgements.getAcknowledgement(collections, id)),
      bytes: (id) => read('acknowledgements.bytes', () => acknowledgements.acknowledgementBytes(collections, id)),
      due: (now, limit, resting) =>
        read('acknowledgements.due', () => acknowledgements.dueAcknowledgements(collections, now, limit, resting)),
      nextDue: () => read('acknowledgements.nextDue', () => acknowledgements.nextAcknowledgementDue(collections)),
      ended: (limit, among) =>
        read('acknowledgements.ended', () => acknowledgements.endedAcknowledgements(collections, limit, among)),
      counts: (now) => read('acknowledgements.counts', () => acknowledgements.countAcknowledgements(collections, now)),
    },
    work: {
      claim: claimAll,
      pin: (workId, fence, version) => batches.do(pin(workId, fence, version)),
      settle: (request) => {
        const settled = batches.do(lost.guardSettle(settle(request), request));
        // Keeps nothing of those before it.
        settling = Promise.allSettled([settling, settled]).then(() => undefined);
        return settled;
      },
      renew: (workId, fence, leaseUntil) => batches.do(renew(workId, fence, leaseUntil)),
      release: (owner, at) => allOf(() => batches.do(release(owner, at))),
      expireLeases: (now) => allOf(() => batches.do(expireLeases(now))),
      hasten: (endpoint, at, limit) => batches.do(hasten(endpoint, at, limit)),
      nextDue: () => read('work.nextDue', () => work.nextDue(collections)),
      unpark: (childKey, at, data) => batches.do(unpark(childKey, at, data)),
      parkedChildren: (prefix, after, limit) =>
        read('work.parkedChildren', () => work.parkedChildren(collections, prefix, after, limit)),
      wakeParked: (workId, at, audit) => batches.do(wakeParked(workId, at, audit)),
      addChild: (item) => batches.do(addChild(item)),
      redrive: (workId, at, audit) => batches.do(redrive(workId, at, audit)),
      discard: (workId, at, reason, audit) => batches.do(discard(workId, at, reason, audit)),
      doneAfter: (workId) => read('work.doneAfter', () => work.doneAfter(collections, workId)),
      ofMessage: (messageId) => read('work.ofMessage', () => work.workOfMessage(collections, messageId)),
      get: (workId) => read('work.get', () => work.getWork(collections, workId)),
      counts: () => read('work.counts', () => work.countWork(collections)),
      firstWaiting: (subscription) => read('work.firstWaiting', () => work.firstWaiting(collections, subscription)),
      backlog: () => read('work.backlog', () => work.backlog(collections)),
    },
    effects: {
      begin: async (identity, owner, at, request): Promise<EffectBegin> => {
        owners.add(owner);
        const begin = await batches.do(lost.guard(beginEffect(identity, owner, at, request), identity.workId));
        return begin.kind === 'recorded' ? { kind: 'recorded', record: effectFrom(begin.document, ours) } : begin;
      },
      finish: (key, outcome, at) => batches.do(finishEffect(key, outcome, at)),
      decide: (key, outcome, at, audit) => batches.do(decideEffect(key, outcome, at, audit)),
      get: (key) => read('effects.get', () => clinical.getEffect(collections, key, ours)),
      ofMessage: (id) => read('effects.ofMessage', () => clinical.effectsOfMessage(collections, id, ours)),
      done: (page) => read('effects.done', () => clinical.doneEffects(collections, page, ours)),
    },
    decisions: {
      record: (decision) => batches.do(recordDecision(decision, () => lost.add(decision.workId))),
      ofMessage: (id) => read('decisions.ofMessage', () => clinical.decisionsOfMessage(collections, id)),
    },
    gate: { admit: (fact) => batches.do(admit(fact)) },
    eventStates: {
      advance: (messageId, statements) => batches.do(advanceStates(messageId, withinStatements(statements))),
    },
    identities: {
      take: (messageId, statement, now, how) =>
        batches.do(takeIdentity(messageId, withinIdentity(statement), now, how)),
      answer: (id, seen, answer) => batches.do(answerIdentity(id, seen, answer)),
      undo: (id, seen, by) => batches.do(undoIdentityLink(id, seen, by)),
      person: (key) => read('identities.person', () => identities.getPerson(collections, key)),
      question: (id) => read('identities.question', () => identities.getQuestion(collections, id)),
      questions: (query) => read('identities.questions', () => identities.listQuestions(collections, query)),
      counts: (query) => read('identities.counts', () => identities.countQuestions(collections, query)),
      link: (id) => read('identities.link', () => identities.getLink(collections, id)),
      links: (query) => read('identities.links', () => identities.listLinks(collections, query)),
      finding: (messageId) => read('identities.finding', () => identities.getFinding(collections, messageId)),
    },
    escalations: {
      start: (escalation) => batches.do(startEscalation(escalation)),
      due: (now, limit) => read('escalations.due', () => clinical.dueEscalations(collections, now, limit)),
      nextDue: () => read('escalations.nextDue', () => clinical.nextEscalationDue(collections)),
      fire: (id, step, child, next, audit) => batches.do(fireEscalation(id, step, child, next, audit)),
      end: (id, state, by, at, child, audit) => batches.do(endEscalation(id, state, by, at, child, audit)),
      restate: (id, messageId) => batches.do(restateEscalation(id, messageId)),
      get: (id) => read('escalations.get', () => clinical.getEscalation(collections, { _id: id })),
      byKey: (key) => read('escalations.get', () => clinical.getEscalation(collections, { key })),
      list: (query) => read('escalations.list', () => clinical.listEscalations(collections, query)),
      tasksWaitedFor: (after, limit) =>
        read('escalations.tasksWaitedFor', () => clinical.tasksWaitedFor(collections, after, limit)),
    },
    tasks: {
      create: (task, event, audit) => batches.do(createTask(task, event, audit)),
      change: (id, change) => batches.do(changeTask(id, change)),
      noteCopy: (id, seen, ehr) => batches.do(noteTaskCopy(id, seen, ehr)),
      get: (id) => read('tasks.get', () => tasks.getTask(collections, { _id: id })),
      byKey: (key) => read('tasks.get', () => tasks.getTask(collections, { key })),
      events: (id) => read('tasks.events', () => tasks.taskEvents(collections, id)),
      list: (query) => read('tasks.list', () => tasks.listTasks(collections, query)),
      search: (query, words) => read('tasks.search', () => tasks.searchTasks(collections, query, words)),
      counts: (query, now) => read('tasks.counts', () => tasks.countTasks(collections, query, now)),
      outOfStep: (before, limit) => read('tasks.outOfStep', () => tasks.tasksOutOfStep(collections, before, limit)),
      copies: (query) => read('tasks.copies', () => tasks.taskCopies(collections, query)),
    },
    alerts: {
      raise: (alert, child, audit) => batches.do(raiseAlert(alert, child, audit)),
      change: (id, seen, next, child, audit) => batches.do(changeAlert(id, seen, next, child, audit)),
      heldBack: (one) => batches.do(keepHeldBack(one)),
      get: (id) => read('alerts.get', () => alerts.getAlert(collections, id)),
      ofGroup: (group) => read('alerts.ofGroup', () => alerts.newestAlertOfGroup(collections, group)),
      list: (query) => read('alerts.list', () => alerts.listAlerts(collections, query)),
      counts: (query) => read('alerts.counts', () => alerts.alertCounts(collections, query)),
      heldBackList: (query) => read('alerts.heldBackList', () => alerts.listHeldBack(collections, query)),
    },
    fallbacks: {
      states: () => read('fallbacks.states', () => fallbacks.fallbackStates(collections)),
      set: (next, audit) => batches.do(setFallback(next, audit)),
      decide: (workId, verdict) => batches.do(decideReview(workId, verdict)),
      reviewsOf: (workId) => read('fallbacks.reviewsOf', () => fallbacks.reviewsOfWork(collections, workId)),
      byTask: (taskId) => read('fallbacks.byTask', () => fallbacks.reviewOfTask(collections, taskId)),
      held: (query) => read('fallbacks.held', () => fallbacks.heldReviews(collections, query)),
      heldCounts: () => read('fallbacks.heldCounts', () => fallbacks.countHeld(collections)),
      downs: () => read('fallbacks.downs', () => fallbacks.endpointDowns(collections)),
      noteDown: (endpoint, down) => batches.do(noteDown(endpoint, down)),
    },
    differences: {
      put: (seen, next, audit) => batches.do(putDifference(seen, next, audit)),
      get: (id) => read('differences.get', () => differences.getDifference(collections, id)),
      list: (query) => read('differences.list', () => differences.listDifferences(collections, query)),
      counts: (query) => read('differences.counts', () => differences.countDifferences(collections, query)),
    },
    problems: {
      create: (report, audit) => batches.do(createProblem(report, audit)),
      change: (seen, next, audit) => batches.do(changeProblem(seen, next, audit)),
      get: (id) => read('problems.get', () => problems.getProblem(collections, id)),
      list: (query) => read('problems.list', () => problems.listProblems(collections, query)),
      counts: (query) => read('problems.counts', () => problems.countProblems(collections, query)),
    },
    subscriptions: {
      get: (name) => read('subscriptions.get', () => subscriptions.getSubscription(collections, name)),
      list: () => read('subscriptions.list', () => subscriptions.listSubscriptions(collections)),
      change: (seen, next, audit) => batches.do(changeSubscription(seen, next, audit)),
      take: (seen) => batches.do(takeVersion(seen)),
      taken: (feed, references) =>
        read('subscriptions.taken', () => subscriptions.taken(collections, feed, references)),
      noteWritten: (...version) => batches.do(noteWritten(...version)),
      written: (...version) => read('subscriptions.written', () => subscriptions.written(collections, ...version)),
      forget: (before) => read('subscriptions.forget', () => subscriptions.forget(collections, before)),
    },
    audit: {
      append: (entries) => batches.do(appendAudit(entries)),
      list: (query) => read('audit.list', () => clinical.listAudit(collections, chain, query)),
      head: () => read('audit.head', () => clinical.auditHead(collections, chain)),
    },
    definitions: {
      put: (name, version, files, at) => batches.do(putDefinition(name, version, files, at)),
      get: (version) => read('definitions.get', () => clinical.getDefinition(collections, version)),
      latest: (name) => read('definitions.latest', () => clinical.latestDefinition(collections, name)),
    },
    switches: {
      set: (one, audit) => batches.do(setSwitch(one, audit)),
      clear: (id, audit) => batches.do(clearSwitch(id, audit)),
      list: (now) => read('switches.list', () => figures.listSwitches(collections, now)),
    },
    retention: { purge: (request) => batches.do(purge(request)) },
    figures: {
      minutes: (since, until) => read('figures.minutes', () => figures.figureMinutes(collections, since, until)),
      depth: () => read('figures.depth', () => figures.queueDepth(collections)),
      reasons: () => read('figures.reasons', () => figures.reasonFigures(collections)),
    },
    spans: {
      tasks: (query) => read('spans.tasks', () => spans.taskSpans(collections, query)),
      alerts: (query) => read('spans.alerts', () => spans.alertSpans(collections, query)),
      escalations: (query) => read('spans.escalations', () => spans.escalationSpans(collections, query)),
      heldBack: (query) => read('spans.heldBack', () => spans.heldBackCounts(collections, query)),
    },
    close: async () => {
      if (closed) return;
      notes.stop();
      await claims.close();
      await batches.close();
      closed = true;
      await parts.close();
    },
  };
}

/** Repeats what does so many at a time, until nothing is left; gives the sum. */
async function allOf(step: () => Promise<number>): Promise<number> {
  let total = 0;
  for (;;) {
    const n = await step();
    total += n;
    if (n < MOST_BY_FILTER) return total;
  }
}

function answerNotes(batches: Batches): { add(id: string, at: number): void; stop(): void } {
  let notes: (readonly [string, number])[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (notes.length === 0) return;
    const batch = notes;
    notes = [];
    // A note that is lost is a missing time in a list, nothing more.
    batches.do(noteAnswers(batch)).catch(() => undefined);
  };
  batches.beforeBatch = flush;
  return {
    add(id, at) {
      notes.push([id, at]);
      timer ??= setTimeout(flush, ANSWERED_WITHIN_MS).unref();
    },
    stop: flush,
  };
}
