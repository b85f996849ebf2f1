/**
 * Tells the queue again of held messages that nobody has taken over: when the first of their tasks is due, and at each due period
 * after that; one reminder for all that wait in the queue, with their count. What becomes overdue meanwhile is in the next one, after
 * half an hour at the latest. Each telling is work of its own under a key of the oldest task that is to be told of and its
 * period, so that a restart, or another runtime on the same store, makes none twice; of the periods that nobody was there
 * to tell, the last one is told.
 */
import type { Clock, Millis } from '../base/clock.ts';
import type { Ids } from '../base/ids.ts';
import { Alarm } from '../schedule/alarm.ts';
import type { Store, TaskState, WorkflowTask } from '../store/contract/index.ts';
import { REVIEW_TASK } from '../tasks/task-service.ts';
import { REVIEW_CODE } from './review-task.ts';
import { reviewDueAfter } from './review-times.ts';
import { tellingOf } from './telling-work.ts';

export interface ReviewRemindersOptions {
  readonly store: Pick<Store, 'tasks' | 'fallbacks' | 'work'>;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Whether the channels of the queue are told as well as the console. */
  readonly pages: (definition: string) => boolean;
  /** Whoever tells is there before the work is. */
  readonly serve: (definition: string) => void;
  readonly onWork: () => void;
  readonly onStoreFailure: (error: unknown) => void;
}

const LOOK_MS = 10_000;
const PAGE = 200;
/** Nobody has it: asked for, refused, or given back. */
export const UNANSWERED: readonly TaskState[] = ['draft', 'requested', 'received', 'rejected', 'ready', 'failed'];
/** A queue is not told more often than that of what has become overdue meanwhile. */
const LEAST_GAP_MS = 30 * 60_000;

interface Overdue {
  readonly task: WorkflowTask;
  readonly period: number;
}

interface Queue {
  readonly waiting: Overdue[];
  /** Not told of in their periods yet. */
  readonly open: Overdue[];
}

export class ReviewReminders {
  readonly #options: ReviewRemindersOptions;
  readonly #alarm: Alarm;
  /** Last period that was told, by task; what is not there any more is forgotten with each look. */
  #told: ReadonlyMap<string, number> = new Map();
  /** When a queue was told last. */
  #queues: ReadonlyMap<string, Millis> = new Map();
  #running = false;
  #looking: Promise<void> | null = null;

  constructor(options: ReviewRemindersOptions) {
    this.#options = options;
    this.#alarm = new Alarm(options.clock, () => this.#look());
  }

  start(): void {
    this.#running = true;
    this.#look();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#alarm.off();
    await this.#looking;
  }

  #look(): void {
    if (!this.#running || this.#looking) return;
    this.#looking = this.#lookAtAll()
      .catch(this.#options.onStoreFailure)
      .finally(() => {
        this.#looking = null;
        if (this.#running) this.#alarm.ring(this.#options.clock.now() + LOOK_MS);
      });
  }

  async #lookAtAll(): Promise<void> {
    const now = this.#options.clock.now();
    const found = await this.#overdue(now);
    if (!found) return;
    const told = new Map<string, number>();
    const queues = new Map<string, Millis>();
    let added = false;
    for (const [name, { waiting, open }] of found) {
      for (const { task } of waiting) told.set(task.id, this.#told.get(task.id) ?? 0);
      const last = this.#queues.get(name);
      if (last !== undefined) queues.set(name, last);
      const gap = Math.min(LEAST_GAP_MS, ...waiting.map(({ task }) => reviewDueAfter(task.priority)));
      if (open.length === 0 || (last !== undefined && now < last + gap)) continue;
      const oneTold = await this.#tell(open, waiting, now);
      if (oneTold === 'decided') continue;
      added ||= oneTold === 'added';
      queues.set(name, now);
      // Whose next period begins soon has been told of it too.
      for (const { task } of waiting) told.set(task.id, periodOf(task, now + reviewDueAfter(task.priority) / 2));
    }
    if (added) this.#options.onWork();
    if (this.#running) [this.#told, this.#queues] = [told, queues];
  }

  /** By queue, those that are due first before the others; `null`: it is being stopped. */
  async #overdue(now: Millis): Promise<ReadonlyMap<string, Queue> | null> {
    const { store } = this.#options;
    const queues = new Map<string, Queue>();
    for (let after: string | null | undefined = undefined; after !== null;) {
      if (!this.#running) return null;
      const page: Awaited<ReturnType<typeof store.tasks.list>> = await store.tasks.list({
        code: REVIEW_CODE,
        states: UNANSWERED,
        overdueAt: now,
        order: 'due',
        limit: PAGE,
        ...(after !== undefined && { after }),
      });
      for (const task of page.tasks) {
        // A flow may use the same code for tasks of its own.
        if (task.name !== REVIEW_TASK || task.dueAt === null) continue;
        const one = { task, period: periodOf(task, now) };
        const name = task.assigned.role ?? `of ${task.definition}`;
        const queue = queues.get(name) ?? { waiting: [], open: [] };
        queue.waiting.push(one);
        if (one.period > (this.#told.get(task.id) ?? 0)) queue.open.push(one);
        queues.set(name, queue);
      }
      after = page.next;
    }
    return queues;
  }

  async #tell(
    open: readonly Overdue[],
    waiting: readonly Overdue[],
    at: number,
  ): Promise<'added' | 'exists' | 'decided'> {
    const { store, ids, pages, serve } = this.#options;
    for (const { task, period } of open) {
      const { id: taskId, priority, definition, messageId, workId, correlationId, traceparent } = task;
      const review = await store.fallbacks.byTask(taskId);
      if (!review || review.decided !== null) continue;
      serve(definition);
      const data = {
        reviewId: review.id,
        taskId,
        at,
        overdue: period,
        longest: Math.max(...waiting.map((one) => one.period)),
        count: waiting.length,
        pages: waiting.some((one) => one.task.priority === 'stat' || pages(one.task.definition)),
      };
      const work = { id: workId, messageId, definition, lane: laneOf(priority), correlationId, traceparent };
      return store.work.addChild(tellingOf(ids.next(), work, data));
    }
    return 'decided';
  }
}

const periodOf = ({ dueAt, priority }: WorkflowTask, at: Millis): number =>
  1 + Math.floor((at - (dueAt ?? at)) / reviewDueAfter(priority));

const laneOf = (priority: WorkflowTask['priority']): 'stat' | 'urgent' | 'routine' =>
  priority === 'asap' ? 'urgent' : priority;
