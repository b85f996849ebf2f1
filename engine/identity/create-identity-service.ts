import type { IdentifierMark } from '../audit/identifier-marks.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { LiveFeed } from '../engine.ts';
import type { IdentityFinding, IdentityOutcome, IdentityStatement, Store, TakeHow } from '../store/contract/index.ts';
import type { TaskService } from '../tasks/task-service.ts';
import { identityErrors } from './errors.ts';
import { copyFollower } from './follow-copies.ts';
import { foundBefore, saidIn } from './found-before.ts';
import type { IdentityRules } from './identity-file.ts';
import { LONGEST_IDENTITY_REASON, type IdentityDecision, type IdentityService } from './identity-service.ts';
import { statedInFhir, statedInHl7 } from './stated-people.ts';

export interface IdentityServiceOptions {
  readonly store: Pick<Store, 'identities' | 'tasks' | 'journal' | 'ordered'>;
  readonly tasks: Pick<TaskService, 'followPatient'>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
  readonly live: Pick<LiveFeed, 'publish'>;
  readonly mark: IdentifierMark;
}

/** What was linked or taken back within so long of a start is followed again: whoever noted it may have been ended before that. */
const FOLLOWED_AGAIN_MS = 24 * 3_600_000;
/** Links that a start looks at. */
const MOST_LINKS = 1000;

export function createIdentityService(options: IdentityServiceOptions): IdentityService {
  const { store, clock, log, live, mark } = options;
  const { identities } = store;
  const follow = copyFollower(options);
  const found = store.ordered ? foundBefore() : undefined;

  async function taken(
    messageId: string,
    statement: IdentityStatement,
    how: TakeHow | undefined,
    said?: string,
  ): Promise<IdentityFinding> {
    if (statement.links.length > 0) found?.clear();
    const turn = found?.turn() ?? 0;
    const finding = await identities.take(messageId, statement, clock.now(), how);
    const keys = statement.people.flatMap((person) => [person.chosen, ...person.keys]);
    found?.heed(keys, finding);
    if (said !== undefined) found?.keep(said, keys, finding, turn, clock.now());
    // Also of a redelivery: whoever took it first may have stopped before this.
    if (finding.changed.length > 0) await follow(finding.changed);
    if (finding.questions.length > 0) for (const id of finding.questions) live.publish({ kind: 'identity', id });
    return finding;
  }

  function reasonOf({ reason }: IdentityDecision): string {
    const text = reason.replaceAll(/\s+/g, ' ').trim();
    if (text === '' || text.length > LONGEST_IDENTITY_REASON)
      throw identityErrors.create('identity-reason-wrong', { limit: LONGEST_IDENTITY_REASON });
    return text;
  }

  function refuseUnlessKept(outcome: IdentityOutcome, what: string): void {
    if (outcome === 'unknown') throw identityErrors.create('identity-unknown', { what });
    if (outcome === 'stale') throw identityErrors.create('identity-stale', { what });
  }

  let rulesOfMerges: () => IdentityRules | undefined = () => undefined;

  return {
    readMergesBy(rules) {
      rulesOfMerges = rules;
    },

    mergeIn(message, context) {
      const rules = rulesOfMerges();
      if (!rules) return undefined;
      try {
        const stated = statedInHl7(message, context, rules, mark);
        if (stated.links.length === 0) return undefined;
        // The commit comes next, and whoever asks the store from now on asks behind it.
        found?.clear();
        return stated;
      } catch (error) {
        // Its own work item tries again, and says so where somebody looks.
        log.warn('a merge could not be read as it arrived', { error });
        return undefined;
      }
    },

    async ofHl7(messageId, message, context, rules, how) {
      const { delivery, again } = how ?? {};
      if (!found || !delivery || delivery.repeated || again === true)
        return taken(messageId, statedInHl7(message, context, rules, mark), how);
      const said = saidIn(message, rules);
      const known = said === undefined ? undefined : found.find(said, delivery.firstAt, clock.now());
      if (known) return known;
      return taken(messageId, statedInHl7(message, context, rules, mark), how, said);
    },

    ofFhir: (messageId, said, rules, how) => taken(messageId, statedInFhir(said, rules, mark), how),

    async start() {
      try {
        const since = clock.now() - FOLLOWED_AGAIN_MS;
        const links = await identities.links({ limit: MOST_LINKS });
        for (const { recordedAt, undone, prior, survivor } of links)
          if (Math.max(recordedAt, undone?.at ?? 0) >= since) await follow([prior, survivor], true);
      } catch (error) {
        log.warn('the copies of tasks could not be compared with who is who', { error });
      }
    },

    person: (key) => identities.person(key),

    async answer(id, seen, { same, survivor = null }, by) {
      const reason = reasonOf(by);
      const asked = await identities.question(id);
      if (survivor !== null && asked && !asked.keys.includes(survivor))
        throw identityErrors.create('identity-survivor-wrong');
      found?.clear();
      const outcome = await identities.answer(id, seen, { same, survivor, by: by.by, reason, at: clock.now() });
      refuseUnlessKept(outcome, 'question');
      const question = await identities.question(id);
      if (!asked || !question) throw identityErrors.create('identity-unknown', { what: 'question' });
      if (question.linkId !== null) await follow(question.keys);
      live.publish({ kind: 'identity', id });
      return question;
    },

    async undo(linkId, seen, by) {
      const reason = reasonOf(by);
      const before = await identities.link(linkId);
      found?.clear();
      const outcome = await identities.undo(linkId, seen, { by: by.by, reason, at: clock.now() });
      refuseUnlessKept(outcome, 'link');
      const link = await identities.link(linkId);
      if (!before || !link) throw identityErrors.create('identity-unknown', { what: 'link' });
      await follow([link.prior, link.survivor]);
      live.publish({ kind: 'identity', id: linkId });
      return link;
    },
  };
}
