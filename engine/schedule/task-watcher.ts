/**
 * Sees on the FHIR server that somebody has taken a task up: polls the references that open escalations watch, a few at a
 * time in turn, until the server can notify. Errors are quiet: the escalation goes on, which is the safe side.
 */
import type { Clock, Millis } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { FhirEndpoints } from '../fhir/endpoint.ts';
import type { Escalation, Escalations } from '../store/contract/index.ts';
import { Alarm } from './alarm.ts';
import type { EndedBy, EscalationService } from './escalation-service.ts';
import { answerOf } from './task-status.ts';
import { taskStatus, watchedTask, type WatchedTask } from './watched-task.ts';

export interface TaskWatcherOptions {
  readonly escalations: Pick<Escalations, 'list'>;
  readonly service: Pick<EscalationService, 'acknowledge' | 'cancel'>;
  readonly endpoints: Pick<FhirEndpoints, 'get'>;
  readonly clock: Clock;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  readonly onStoreFailure: (error: unknown) => void;
  /** Between two rounds. */
  readonly pollMs?: Millis;
}

export interface TaskWatcher {
  start(): void;
  stop(): Promise<void>;
}

const POLL_MS = 15_000;
/** References read in one round: at 15 s that is at most 4 requests a second to a server that has other work. */
const PER_ROUND = 60;
const AT_ONCE = 4;
/** Escalations looked through for references in one round. */
const PAGE = 500;
/** An exhausted escalation is watched on, since a late answer is still an answer, but not for ever. */
const EXHAUSTED_FOR_MS = 7 * 24 * 3_600_000;
const EHR: EndedBy = { actor: 'ehr', via: 'fhir-task' };

export function createTaskWatcher(options: TaskWatcherOptions): TaskWatcher {
  const { escalations, service, endpoints, clock, random, log } = options;
  const pollMs = options.pollMs ?? POLL_MS;
  let running = false;
  let round: Promise<void> | null = null;
  /** Where the next round goes on: behind those that started at this moment and were looked at. */
  let place: { readonly startedAt: Millis | null; readonly looked: Set<string> } = {
    startedAt: null,
    looked: new Set(),
  };
  /** Endpoints that could not be asked; said once, and once when they answer again. */
  const silent = new Set<string>();

  const alarm = new Alarm(clock, () => {
    if (!running || round) return;
    round = poll()
      .catch(options.onStoreFailure)
      .finally(() => {
        round = null;
        schedule();
      });
  });

  function schedule(): void {
    // A tenth of jitter: runtimes started together must not ask together.
    if (running) alarm.ring(clock.now() + Math.round(pollMs * (0.95 + random() * 0.1)));
  }

  async function poll(): Promise<void> {
    const turn = await nextTurn();
    const down = new Set<string>();
    for (let i = 0; i < turn.length; i += AT_ONCE) {
      if (!running) return;
      await Promise.all(turn.slice(i, i + AT_ONCE).map((escalation) => look(escalation, down)));
    }
  }

  /** The next to be asked about, from the newest to the oldest and then from the newest again. */
  async function nextTurn(): Promise<readonly Escalation[]> {
    const now = clock.now();
    const before = place.startedAt === null ? {} : { before: place.startedAt + 1 };
    const page = await escalations.list({ states: ['open', 'exhausted'], limit: PAGE, ...before });
    const fresh = page.filter(({ id }) => !place.looked.has(id));
    const turn: Escalation[] = [];
    for (const escalation of fresh) {
      if (turn.length === PER_ROUND) return turn;
      const { id, watch, state, startedAt } = escalation;
      if (startedAt !== place.startedAt) place = { startedAt, looked: new Set() };
      place.looked.add(id);
      if (watch && (state === 'open' || now - startedAt < EXHAUSTED_FOR_MS)) turn.push(escalation);
    }
    const { startedAt } = place;
    if (page.length < PAGE) place = { startedAt: null, looked: new Set() };
    // More than a page began in one millisecond: on to the older ones.
    else if (fresh.length === 0 && startedAt !== null) place = { startedAt: startedAt - 1, looked: new Set() };
    return turn;
  }

  async function look(escalation: Escalation, down: Set<string>): Promise<void> {
    const { watch } = escalation;
    const task = watch && watchedTask(watch.reference);
    if (!watch || !task || down.has(watch.endpoint)) return;
    const status = await statusOf(watch.endpoint, task);
    if (status === undefined) {
      down.add(watch.endpoint);
      return;
    }
    switch (answerOf(status)) {
      case 'acknowledge':
        await service.acknowledge(escalation.id, EHR);
        return;
      case 'cancel':
        await service.cancel(escalation.id, { ...EHR, reason: 'the Task was cancelled or entered in error' });
        return;
      case 'keep-escalating':
        return;
    }
  }

  /** `undefined`: the endpoint cannot be asked now. `null`: it answered, without a status (no such task, not allowed). */
  async function statusOf(endpoint: string, task: WatchedTask): Promise<unknown> {
    try {
      const told = await taskStatus(endpoints.get(endpoint), task);
      if ('class' in told) return noteSilent(endpoint, told.code);
      if (silent.delete(endpoint)) log.info('The endpoint answers again; its tasks are watched.', { endpoint });
      return told.status;
    } catch (error) {
      return noteSilent(endpoint, error);
    }
  }

  function noteSilent(endpoint: string, error: unknown): undefined {
    if (silent.has(endpoint)) return;
    silent.add(endpoint);
    const sentence = 'The endpoint cannot be asked about tasks; escalations go on.';
    log.warn(sentence, typeof error === 'string' ? { endpoint, code: error } : { endpoint, error });
  }

  return {
    start() {
      running = true;
      schedule();
    },
    async stop() {
      running = false;
      alarm.off();
      await round;
    },
  };
}
