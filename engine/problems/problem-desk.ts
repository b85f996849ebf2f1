/**
 * What people report of flows, from where they see it, and what becomes of it. What they write is clinical content: the store and
 * the routes that show it have it, records of the audit and live changes never do.
 */
import type { Clock } from '../base/clock.ts';
import type { Ids } from '../base/ids.ts';
import type { LiveFeed } from '../engine.ts';
import type { AuditEntry, ProblemKind, ProblemReport, ProblemState, Store } from '../store/contract/index.ts';
import { problemErrors } from './errors.ts';

export const LONGEST_PROBLEM_TEXT = 4_000;

/** At least one of message, task and alert; where there are several, they belong together. */
export interface NewProblem {
  readonly kind: ProblemKind;
  readonly text: string;
  readonly by: string;
  readonly messageId?: string | undefined;
  readonly taskId?: string | undefined;
  readonly alertId?: string | undefined;
  /** Definitions that may be named, where it is about a message that several worked on; absent: any. */
  readonly among?: ReadonlySet<string> | undefined;
}

/** `undefined`: stays as it is. */
export interface ProblemTriage {
  readonly seen: number;
  readonly state?: ProblemState | undefined;
  readonly assignee?: string | null | undefined;
  readonly answer?: string | undefined;
  readonly proposal?: string | null | undefined;
}

export interface ProblemDesk {
  /** @throws `problem-about-nothing`, `problem-text-wrong` */
  report(problem: NewProblem): Promise<ProblemReport>;
  /** @throws `problem-unknown`, `problem-stale`, `problem-text-wrong`, `problem-answer-missing` (to close it) */
  triage(id: string, change: ProblemTriage, actor: string): Promise<ProblemReport>;
}

export interface ProblemDeskOptions {
  readonly store: Pick<Store, 'problems' | 'tasks' | 'alerts' | 'journal' | 'work'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly live: Pick<LiveFeed, 'publish'>;
}

type About = Pick<ProblemReport, 'messageId' | 'taskId' | 'alertId' | 'definition' | 'definitionVersion'>;

const CLOSED: readonly ProblemState[] = ['mended', 'as-intended', 'duplicate'];

export function createProblemDesk({ store, clock, ids, live }: ProblemDeskOptions): ProblemDesk {
  async function aboutOf({ messageId, taskId, alertId, among }: NewProblem): Promise<About> {
    const nothing = (what: string): Error => problemErrors.create('problem-about-nothing', { what });
    const task = taskId === undefined ? undefined : await store.tasks.get(taskId);
    if (taskId !== undefined && !task) throw nothing('there is no such task');
    const alert = alertId === undefined ? undefined : await store.alerts.get(alertId);
    if (alertId !== undefined && !alert) throw nothing('there is no such alert');
    const id = task?.messageId ?? alert?.messageId ?? messageId;
    if (id === undefined) throw nothing('neither message nor task nor alert is named');
    // An alert stands for several messages: any of them may be the one that is meant.
    if (task && ((messageId ?? id) !== id || (alert && alert.definition !== task.definition)))
      throw nothing('what is named does not belong together');
    const message = messageId ?? id;
    if (!(await store.journal.get(message))) throw nothing('there is no such message');
    const links = { messageId: message, taskId: taskId ?? null, alertId: alertId ?? null };
    if (task) return { ...links, definition: task.definition, definitionVersion: task.definitionVersion };
    const work = (await store.work.ofMessage(message)).filter(
      ({ definition }) => (alert === undefined || definition === alert.definition) && (among?.has(definition) ?? true),
    );
    const definition = alert?.definition ?? work[0]?.definition ?? '';
    const ran = work.findLast((one) => one.definition === definition && one.pinnedVersion !== null);
    return { ...links, definition, definitionVersion: ran?.pinnedVersion ?? null };
  }

  const entry = (report: ProblemReport, type: AuditEntry['type'], actor: string, details: object): AuditEntry => ({
    at: report.changedAt,
    type,
    actor,
    messageId: report.messageId,
    ...(report.definition !== '' && { definition: report.definition }),
    details: { problem: report.id, ...details },
  });

  return {
    async report(problem) {
      const { kind, by } = problem;
      const text = checked('text', problem.text);
      const about = await aboutOf(problem);
      const at = clock.now();
      const report: ProblemReport = {
        id: ids.next(),
        version: 1,
        kind,
        text,
        by,
        at,
        ...about,
        state: 'open',
        assignee: null,
        answer: null,
        proposal: null,
        changedAt: at,
      };
      const details = { kind, task: about.taskId, alert: about.alertId };
      await store.problems.create(report, entry(report, 'problem.reported', by, details));
      live.publish({ kind: 'problem', id: report.id });
      return report;
    },

    async triage(id, change, actor) {
      const found = await store.problems.get(id);
      if (!found) throw problemErrors.create('problem-unknown');
      const stale = (now: ProblemReport): Error => problemErrors.create('problem-stale', { state: now.state });
      if (found.version !== change.seen) throw stale(found);
      const next: ProblemReport = {
        ...found,
        version: found.version + 1,
        state: change.state ?? found.state,
        assignee: change.assignee === undefined ? found.assignee : change.assignee,
        answer: change.answer === undefined ? found.answer : checked('answer', change.answer),
        proposal: change.proposal === undefined ? found.proposal : change.proposal,
        changedAt: clock.now(),
      };
      if (CLOSED.includes(next.state) && next.answer === null)
        throw problemErrors.create('problem-answer-missing', { state: next.state });
      const { state: after, assignee, proposal } = next;
      const details = { before: found.state, after, assignee, proposal, answered: next.answer !== found.answer };
      const outcome = await store.problems.change(change.seen, next, entry(next, 'problem.changed', actor, details));
      if (outcome.kind === 'unknown') throw problemErrors.create('problem-unknown');
      if (outcome.kind === 'stale') throw stale(outcome.report);
      live.publish({ kind: 'problem', id });
      return outcome.report;
    },
  };
}

function checked(field: string, value: string): string {
  const text = value.trim();
  if (text === '' || text.length > LONGEST_PROBLEM_TEXT)
    throw problemErrors.create('problem-text-wrong', { field, limit: LONGEST_PROBLEM_TEXT });
  return text;
}
