/**
 * An alert and the task that it made people look at are answered once. Whoever takes the task over has taken the alert over; whoever
 * completes it has dealt with the alert, where nothing else of it is open. Whoever takes the alert over takes its task, where exactly one is
 * open and it is their turn. Two commits: what an earlier life left between them is found at the start, what the store could
 * not be asked a minute later.
 */
import type { AlertAnswers } from '../alerts/answer-alert.ts';
import type { Clock } from '../base/clock.ts';
import { WardflowError } from '../base/errors.ts';
import { Alarm } from '../schedule/alarm.ts';
import {
  isOver,
  type AlertRecord,
  type HeldBackAlert,
  type Store,
  type TaskEvent,
  type WorkflowTask,
} from '../store/contract/index.ts';
import type { TaskService } from './task-service.ts';
import { hasEnded, isAcknowledged } from './task-states.ts';

export interface TaskAlerts {
  /** The task has another state. Never rejects. */
  changed(task: WorkflowTask): Promise<void>;
  /**
   * As `AlertAnswers.acknowledge`, with the task of the alert.
   * @param mayTake whether it is their turn; a task that they may not take is left, and its ladder goes on
   */
  acknowledge(
    id: string,
    seen: number,
    actor: string,
    mayTake: (task: WorkflowTask) => boolean,
  ): Promise<{ readonly alert: AlertRecord; readonly task: WorkflowTask | null }>;
  /** Of the alert: its own and those of what joined it, oldest first. */
  tasksOf(alert: AlertRecord): Promise<readonly WorkflowTask[]>;
  start(): void;
  stop(): Promise<void>;
}

export interface TaskAlertsOptions {
  readonly store: Pick<Store, 'alerts' | 'tasks'>;
  readonly answers: Pick<AlertAnswers, 'acknowledge' | 'close'>;
  readonly people: Pick<TaskService, 'claim'>;
  readonly clock: Clock;
  readonly onStoreFailure: (error: unknown) => void;
}

const ROUND_MS = 60_000;
const PAGE = 500;
/** Of one message or one alert. */
const MOST = 1000;

export function createTaskAlerts({ store, answers, people, clock, onStoreFailure }: TaskAlertsOptions): TaskAlerts {
  const { alerts, tasks } = store;
  const owed = new Set<string>();
  let lookedAtAll = false;
  let running = false;
  let round: Promise<void> | null = null;
  const alarm = new Alarm(clock, begin);

  function begin(): void {
    if (!running || round) return;
    round = look()
      .catch(onStoreFailure)
      .finally(() => {
        round = null;
        if (running) alarm.ring(clock.now() + ROUND_MS);
      });
  }

  async function look(): Promise<void> {
    if (!lookedAtAll) await lookAtAll();
    for (const id of owed) await lookAtOne(id);
  }

  /** What cannot be looked at holds up no other: it is looked at again. */
  async function lookAtOne(id: string): Promise<void> {
    try {
      const task = await tasks.get(id);
      if (task) await follow(task);
      owed.delete(id);
    } catch (error) {
      onStoreFailure(error);
    }
  }

  async function lookAtAll(): Promise<void> {
    let before: number | undefined;
    for (;;) {
      const query = { states: ['open', 'acknowledged'] as const, limit: PAGE, ...(before !== undefined && { before }) };
      const page = await alerts.list(query);
      for (const alert of page) for (const task of await tasksOf(alert)) await answer(alert.id, task);
      if (!running) return;
      const oldest = page.at(-1)?.startedAt;
      if (page.length < PAGE || oldest === undefined) break;
      // More than a page began in one moment: what is left of it is not looked at.
      before = oldest === page[0]?.startedAt ? oldest : oldest + 1;
    }
    lookedAtAll = true;
  }

  async function follow(task: WorkflowTask): Promise<void> {
    if (!isAcknowledged(task.state)) return;
    for (const id of await alertsOf(task)) await answer(id, task);
  }

  async function alertsOf({ id, messageId, definition }: WorkflowTask): Promise<readonly string[]> {
    const query = { messageId, definitions: [definition], limit: MOST };
    const own = (await alerts.list(query)).filter(({ task }) => task === id).map((one) => one.id);
    const joined = (await alerts.heldBackList(query))
      .filter(({ task, because }) => task === id && because === 'joined')
      .map(({ by }) => by);
    return [...new Set([...own, ...joined])];
  }

  async function tasksOf(alert: AlertRecord): Promise<readonly WorkflowTask[]> {
    const joined = await joinedTo(alert);
    const ids = new Set([alert.task, ...joined.toReversed().map((one) => one.task)].filter((id) => id !== undefined));
    const found = await Promise.all([...ids].map((id) => tasks.get(id)));
    return found.filter((one) => one !== undefined);
  }

  async function joinedTo({ group, startedAt, count, definition }: AlertRecord): Promise<readonly HeldBackAlert[]> {
    if (count === 1) return [];
    return alerts.heldBackList({ group, definitions: [definition], since: startedAt, limit: MOST });
  }

  /** What joined it without a task of its own, or is only counted yet, is still to be looked at. */
  async function isAllDone(alert: AlertRecord): Promise<boolean> {
    const joined = (await joinedTo(alert)).filter(({ because, by }) => because === 'joined' && by === alert.id);
    if (joined.length < alert.count - 1 || joined.some((one) => one.task === undefined)) return false;
    return (await tasksOf(alert)).every(({ state }) => hasEnded(state));
  }

  /** @param task one of the alert's */
  async function answer(id: string, task: WorkflowTask): Promise<void> {
    const alert = await alerts.get(id);
    if (!alert || isOver(alert.state) || !isAcknowledged(task.state)) return;
    const event = (await tasks.events(task.id)).findLast((one) => one.kind === 'step' && isAcknowledged(one.to));
    // What happened before is no answer to it: people are told of something that is new.
    if (!event || event.at < alert.startedAt) return;
    try {
      await answerBy(event, alert, task);
    } catch (error) {
      // A person was faster: theirs stands.
      if (!(error instanceof WardflowError && (error.code === 'alert-stale' || error.code === 'alert-over')))
        throw error;
    }
  }

  async function answerBy({ actor }: TaskEvent, alert: AlertRecord, task: WorkflowTask): Promise<void> {
    if (task.state === 'completed' && (await isAllDone(alert)))
      await answers.close(alert.id, alert.version, null, actor, task.id);
    else if (alert.state === 'open') await answers.acknowledge(alert.id, alert.version, actor, task.id);
  }

  return {
    tasksOf,
    async changed(task) {
      try {
        await follow(task);
      } catch (error) {
        owed.add(task.id);
        onStoreFailure(error);
      }
    },
    async acknowledge(id, seen, actor, mayTake) {
      const alert = await answers.acknowledge(id, seen, actor);
      const open = (await tasksOf(alert)).filter(({ state }) => !hasEnded(state));
      const [task] = open;
      const person = actor.startsWith('user:') ? actor.slice('user:'.length) : null;
      if (!task || open.length > 1 || person === null || !CLAIMABLE.has(task.state) || !mayTake(task))
        return { alert, task: null };
      try {
        return { alert, task: await people.claim(task.id, task.version, person, { actor, via: 'console' }) };
      } catch (error) {
        // Somebody does something with it just now: it is theirs, or its ladder goes on.
        if (error instanceof WardflowError) return { alert, task: null };
        throw error;
      }
    },
    start() {
      running = true;
      begin();
    },
    async stop() {
      running = false;
      alarm.off();
      await round;
    },
  };
}

const CLAIMABLE: ReadonlySet<string> = new Set(['requested', 'received', 'ready']);
