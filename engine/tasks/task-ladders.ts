/**
 * Decision 0018: a task and the ladder that tells people of it end together. Whoever takes the task over has answered its
 * escalations; whoever answers the escalation takes the task over, where one step leads there. Where nobody has the task any more
 * (handed on, given back, refused, failed), its ladder begins again. Two commits: where the process ended in between, a round at the
 * start and each minute finds it.
 */
import type { Clock } from '../base/clock.ts';
import { WardflowError } from '../base/errors.ts';
import { Alarm } from '../schedule/alarm.ts';
import type { EndedBy, EscalationService, StartEscalation } from '../schedule/escalation-service.ts';
import { answerOf } from '../schedule/task-status.ts';
import {
  LANES,
  type Escalation,
  type Escalations,
  type TaskEvent,
  type WorkflowTask,
  type WorkflowTasks,
} from '../store/contract/index.ts';
import { LOST_STATES, lostSince } from './lost-since.ts';
import type { TaskService } from './task-service.ts';
import { stepBetween } from './task-states.ts';

export interface TaskLadders {
  /** With what an answer does to the task that the escalation watches. */
  readonly escalations: EscalationService;
  /** The task has another state. Never rejects: what could not be ended is found by the next round. */
  changed(task: WorkflowTask): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

export interface TaskLaddersOptions {
  readonly service: EscalationService;
  readonly escalations: Pick<Escalations, 'get' | 'list' | 'tasksWaitedFor'>;
  readonly tasks: Pick<WorkflowTasks, 'get' | 'events' | 'list'>;
  readonly people: Pick<TaskService, 'claim' | 'take'>;
  readonly clock: Clock;
  readonly onStoreFailure: (error: unknown) => void;
}

const ROUND_MS = 60_000;
const PAGE = 200;
/** Escalations of one task that are ended together; more are ended by the next rounds. */
const MOST_OF_A_TASK = 1000;
/** Times that a task is claimed beside changes of others. */
const MOST_TRIES = 10;
const UNANSWERED = ['open', 'exhausted'] as const;
const SAID_BY_EHR = { code: 'said-by-ehr', text: null };

interface Answer {
  readonly kind: 'acknowledge' | 'cancel';
  readonly by: EndedBy;
}

export function createTaskLadders(options: TaskLaddersOptions): TaskLadders {
  const { service, escalations, tasks, clock, onStoreFailure } = options;
  /** Being answered by a person just now, who ends them with their own words. */
  const answering = new Map<string, number>();
  /** Tasks whose ladders could not be looked at. */
  const owed = new Set<string>();
  /** Since this process began every task that nobody has any more was looked at. */
  let lostLookedAt = false;
  let running = false;
  let round: Promise<void> | null = null;
  const alarm = new Alarm(clock, begin);

  function begin(): void {
    if (!running || round) return;
    round = lookAtAll()
      .catch(onStoreFailure)
      .finally(() => {
        round = null;
        if (running) alarm.ring(clock.now() + ROUND_MS);
      });
  }

  async function lookAtAll(): Promise<void> {
    let last: string | undefined = '';
    while (last !== undefined) {
      const page: readonly string[] = await escalations.tasksWaitedFor(last, PAGE);
      await Promise.all(page.map(lookAtOne));
      last = running ? page.at(-1) : undefined;
    }
    for (const id of owed) await lookAtOne(id);
    if (!lostLookedAt && running) await lookAtLost();
  }

  /** What cannot be looked at holds up no other: it is looked at again. */
  async function lookAtOne(id: string): Promise<void> {
    try {
      await lookAt(id);
      owed.delete(id);
    } catch (error) {
      owed.add(id);
      onStoreFailure(error);
    }
  }

  /** Those that an earlier life left between the change of the task and its ladder. */
  async function lookAtLost(): Promise<void> {
    let after: string | undefined;
    do {
      const page = { ...(after !== undefined && { after }), states: LOST_STATES, limit: PAGE };
      const { tasks: found, next } = await tasks.list(page);
      for (const task of found) if (task.acknowledgedAt !== null) await beginAgain(task);
      if (!running) return;
      after = next ?? undefined;
    } while (after !== undefined);
    lostLookedAt = true;
  }

  async function lookAt(id: string): Promise<void> {
    const task = await tasks.get(id);
    if (task) await follow(task);
  }

  async function follow(task: WorkflowTask): Promise<void> {
    await endLaddersOf(task);
    await beginAgain(task);
  }

  async function beginAgain({ id, state, acknowledgedAt }: WorkflowTask): Promise<void> {
    if (acknowledgedAt === null || !LOST_STATES.includes(state)) return;
    const since = lostSince(await tasks.events(id));
    if (since === null) return;
    const all = await escalations.list({ task: id, limit: MOST_OF_A_TASK });
    if (all.some(isUnanswered)) return;
    // Where several told of it, the most urgent one, and of these the newest.
    const last = all.toSorted((a, b) => urgency(a) - urgency(b) || b.startedAt - a.startedAt || later(a, b))[0];
    // Ended by its flow: it is not to tell of this task any more.
    if (last?.state === 'acknowledged') await service.beginAgain(last, since);
  }

  async function endLaddersOf(task: WorkflowTask): Promise<void> {
    if (task.acknowledgedAt === null && answerOf(task.state) === 'keep-escalating') return;
    const open = await escalations.list({ task: task.id, states: UNANSWERED, limit: MOST_OF_A_TASK });
    if (open.length === 0) return;
    const events = await tasks.events(task.id);
    for (const escalation of open) {
      const answer = answering.has(escalation.id) ? null : answerIn(events, task, escalation);
      if (answer) await service[answer.kind](escalation.id, answer.by);
    }
  }

  /** Takes the task over, for the person where it is one. `lost`: somebody else had it before. */
  async function takeOver(id: string, person: string | null, by: EndedBy): Promise<'taken' | 'left' | 'lost'> {
    for (let tries = 1; ; tries++) {
      const task = await tasks.get(id);
      if (!task) return 'left';
      if (answerOf(task.state) !== 'keep-escalating') return 'lost';
      const step = task.state === 'ready' ? 'in-progress' : 'accepted';
      if (stepBetween(task.state, step, task.heldFrom) === null || task.state === 'on-hold') return 'left';
      try {
        const who = { actor: by.actor, via: by.via };
        if (person !== null) await options.people.claim(id, task.version, person, who);
        else await options.people.take(id, task.version, task.state === 'ready' ? 'start' : 'accept', who);
        return 'taken';
      } catch (error) {
        if (tries === MOST_TRIES || !(error instanceof WardflowError && error.code === 'task-stale')) throw error;
      }
    }
  }

  /** A flow means what it has begun, whichever of its ladder's turns is open. */
  async function meantBy(id: string, by: EndedBy): Promise<string> {
    if (by.via !== 'flow') return id;
    const found = await escalations.get(id);
    if (found?.task === undefined || isUnanswered(found)) return id;
    const open = await escalations.list({ task: found.task, states: UNANSWERED, limit: MOST_OF_A_TASK });
    return open.find(({ again }) => again?.of === id)?.id ?? id;
  }

  async function acknowledge(asked: string, by: EndedBy): ReturnType<EscalationService['acknowledge']> {
    const id = await meantBy(asked, by);
    const person = by.actor.startsWith('user:') ? by.actor.slice('user:'.length) : null;
    // What was answered in the EHR was answered by somebody whom only the EHR knows.
    const escalation = person === null && by.via !== 'fhir-task' ? undefined : await escalations.get(id);
    if (escalation?.task === undefined || !isUnanswered(escalation)) return service.acknowledge(id, by);
    answering.set(id, (answering.get(id) ?? 0) + 1);
    try {
      const task = await takeOver(escalation.task, person, by);
      if (task === 'lost' && person !== null) return 'already-ended';
      const outcome = await service.acknowledge(id, by);
      return task === 'taken' && outcome === 'already-ended' ? 'acknowledged' : outcome;
    } finally {
      const others = (answering.get(id) ?? 1) - 1;
      if (others > 0) answering.set(id, others);
      else {
        answering.delete(id);
        await lookAt(escalation.task).catch(onStoreFailure);
      }
    }
  }

  /** What was cancelled in the EHR is not owed here any more. */
  async function cancel(asked: string, by: EndedBy): ReturnType<EscalationService['cancel']> {
    const id = await meantBy(asked, by);
    const escalation = by.via === 'fhir-task' ? await escalations.get(id) : undefined;
    const task = escalation?.task === undefined ? undefined : await tasks.get(escalation.task);
    if (!escalation || !task || !isUnanswered(escalation) || stepBetween(task.state, 'cancelled') === null)
      return service.cancel(id, by);
    const outcome = await service.cancel(id, by);
    try {
      await options.people.take(task.id, task.version, 'cancel', { actor: by.actor, via: by.via }, SAID_BY_EHR);
    } catch (error) {
      // Somebody of ours was faster: theirs stands.
      if (!(error instanceof WardflowError && error.code === 'task-stale')) throw error;
    }
    return outcome;
  }

  async function start(request: StartEscalation): ReturnType<EscalationService['start']> {
    const { task: id, ...rest } = request;
    const task = id === undefined ? undefined : await tasks.get(id);
    // A task of another definition may be none of those who see this one.
    const watches = task?.definition === request.definition;
    const started = await service.start(watches ? { ...rest, task: task.id } : rest);
    const { task: watched } = started.escalation;
    if (watched === undefined) return started;
    await lookAt(watched);
    return { ...started, escalation: (await escalations.get(started.escalation.id)) ?? started.escalation };
  }

  return {
    escalations: { ...service, start, acknowledge, cancel },
    async changed(task) {
      try {
        await follow(task);
      } catch (error) {
        owed.add(task.id);
        onStoreFailure(error);
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

/** The smaller, the sooner. */
const urgency = ({ lane }: Escalation): number => LANES.findIndex((one) => one === lane);
const later = (a: Escalation, b: Escalation): number => (b.again?.since ?? 0) - (a.again?.since ?? 0);

const isUnanswered = ({ state }: Escalation): boolean => UNANSWERED.some((one) => one === state);

/**
 * What the task says to the escalation: by its state, else by a state that it had since the escalation began and that
 * nobody told it of.
 */
function answerIn(events: readonly TaskEvent[], task: WorkflowTask, escalation: Escalation): Answer | null {
  const now = answerOf(task.state);
  const event = events.findLast((one, i) => {
    // Each change is one event: what was before it began again, it is not the answer to.
    if (one.kind !== 'step' || i < (escalation.again?.since ?? 0)) return false;
    if (now !== 'keep-escalating') return one.to === task.state;
    return one.at >= escalation.startedAt && answerOf(one.to) === 'acknowledge';
  });
  if (!event && now === 'keep-escalating') return null;
  const { actor, via } = event ?? { actor: 'system', via: 'system' as const };
  if (now === 'cancel')
    return { kind: 'cancel', by: { actor, via, reason: 'the task was cancelled or entered in error' } };
  return { kind: 'acknowledge', by: { actor, via } };
}
