/**
 * The round that keeps copies in step, each endpoint by itself: writes what is owed, and looks what has changed there. What it knows
 * of open copies it keeps in memory, so that a look without a change asks the store nothing.
 */
import type { Millis } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { Alarm } from '../schedule/alarm.ts';
import type { KnownCopy, Lane, WorkflowTask, WorkflowTasks } from '../store/contract/index.ts';
import { knownCopyOf, placesOf } from '../store/task-places.ts';
import type { EhrCopies, EhrTrouble } from './ehr-copy.ts';
import { copyLooks } from './look-at-copies.ts';
import { copySettler } from './settle-copy.ts';
import { copySyncer, type SyncCopyOptions } from './sync-copy.ts';
import { laneOfPriority, type TaskService } from './task-service.ts';

export interface EhrCopiesOptions extends SyncCopyOptions {
  readonly tasks: SyncCopyOptions['tasks'] & Pick<WorkflowTasks, 'outOfStep' | 'copies'>;
  readonly service: Pick<TaskService, 'take' | 'noteEhr'>;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  readonly onStoreFailure: (error: unknown) => void;
}

/** What is said in the EHR is heard within it and the time of two requests. */
const ROUND_MS = 10_000;
/** Of one round and endpoint: at most 6 a second to servers that have other work. */
const PER_ROUND = 60;
const AT_ONCE = 4;
/** Changes within it are written together. */
const GATHER_MS = 100;
/** Between two rounds while more is owed than one could write. */
const NEXT_PAGE_MS = 1000;
/** After the store could not be asked. */
const STORE_RETRY_MS = 5000;
/** What is kept in memory is read from the store again. */
const RECALL_MS = 5 * 60_000;
/** Until a copy that could not be brought in step is tried again: at first, and at most; doubled between. */
const AGAIN_MS: Readonly<Record<Lane, readonly [Millis, Millis]>> = {
  stat: [5_000, 20_000],
  urgent: [15_000, 60_000],
  routine: [30_000, 120_000],
  bulk: [30_000, 120_000],
};

interface Open extends KnownCopy {
  /** In vain, one after the other. */
  readonly tries: number;
  /** When it is written or read again; `null`: nothing is known to be owed. */
  readonly againAt: Millis | null;
}

export function createEhrCopies(options: EhrCopiesOptions): EhrCopies {
  const { tasks, clock, random, log } = options;
  const sync = copySyncer(options);
  const settle = copySettler(options);
  const looks = copyLooks(clock);
  const open = new Map<string, Open>();
  let recallAt = 0;
  let running = false;
  let round: Promise<void> | null = null;
  /** Woken while a round was under way. */
  let again = false;
  /** Endpoints that could not be asked; said once, and once when they answer again. */
  const silent = new Set<string>();
  /** Endpoints of which the last look failed. */
  const unasked = new Set<string>();
  const alarm = new Alarm(clock, begin);

  function begin(): void {
    if (!running || round) return;
    again = false;
    round = whole();
  }

  async function whole(): Promise<void> {
    let next: Millis = STORE_RETRY_MS;
    try {
      next = await turn();
    } catch (error) {
      options.onStoreFailure(error);
    }
    round = null;
    if (running) alarm.ring(clock.now() + (again ? Math.min(next, GATHER_MS) : next));
  }

  /** Returns when the next is due. */
  async function turn(): Promise<Millis> {
    if (clock.now() >= recallAt) await recall();
    // Never tried since the last change. What was tried in vain is known here.
    const fresh = await tasks.outOfStep(1, PER_ROUND);
    for (const task of fresh) know(task, clock.now());
    const now = clock.now();
    const owed = [...open.values()]
      .filter(({ againAt }) => againAt !== null && againAt <= now)
      .toSorted((a, b) => (a.againAt ?? 0) - (b.againAt ?? 0));
    const names = new Set([...open.values()].map(({ endpoint }) => endpoint));
    const theirs = (name: string): readonly Open[] => owed.filter(({ endpoint }) => endpoint === name);
    const owing = await Promise.all(
      [...names].map(async (name) => {
        const due = theirs(name);
        const down = await ask(name, due.slice(0, PER_ROUND));
        // One that is away is asked no more often for all that waits for it.
        return !down && due.length > PER_ROUND;
      }),
    );
    const owes = fresh.length === PER_ROUND || owing.includes(true);
    // A tenth of jitter: runtimes started together must not ask together.
    return owes ? NEXT_PAGE_MS : Math.round(ROUND_MS * (0.95 + random() * 0.1));
  }

  async function recall(): Promise<void> {
    const found = new Map<string, KnownCopy>();
    let after: string | undefined;
    do {
      const page = await tasks.copies({ limit: 1000, ...(after !== undefined && { after }) });
      for (const copy of page.copies) found.set(copy.id, copy);
      after = page.next ?? undefined;
    } while (after !== undefined);
    for (const id of open.keys()) if (!found.has(id)) open.delete(id);
    for (const copy of found.values()) keep(copy, clock.now());
    recallAt = clock.now() + RECALL_MS;
  }

  function know(task: WorkflowTask, againAt: Millis | null): void {
    const copy = knownCopyOf(task);
    if (!copy || placesOf(task).syncAt === null) open.delete(task.id);
    else keep(copy, againAt);
  }

  /** `againAt`: unless it is to be tried at another time already. */
  function keep(copy: KnownCopy, againAt: Millis | null): void {
    const { tries = 0, againAt: before = null } = open.get(copy.id) ?? {};
    open.set(copy.id, { ...copy, tries, againAt: before ?? (copy.owed ? againAt : null) });
  }

  /** Returns whether the endpoint could not be asked. */
  async function ask(endpoint: string, owed: readonly Open[]): Promise<boolean> {
    const down = await bringInStep(endpoint, owed);
    if (down || !running) return down;
    const changed = await lookAt(endpoint);
    // What is left over, or cannot be read now, may be too long ago for the next look.
    for (const one of changed) open.set(one.id, { ...one, againAt: one.againAt ?? clock.now() });
    return bringInStep(endpoint, changed.slice(0, PER_ROUND));
  }

  /** Returns whether the endpoint could not be asked. */
  async function bringInStep(endpoint: string, due: readonly Open[]): Promise<boolean> {
    let down = false;
    const begun = clock.now();
    for (let i = 0; i < due.length; i += AT_ONCE) {
      if (!running) return true;
      const some = due.slice(i, i + AT_ONCE);
      if (down) await Promise.all(some.map((one) => putOff(one, begun)));
      else {
        const outcomes = await Promise.all(some.map(({ id }) => one(id)));
        const unreachable = outcomes.find(({ kind }) => kind === 'unreachable');
        down = unreachable !== undefined;
        if (unreachable?.kind === 'unreachable') noteSilent(endpoint, unreachable.failure.code);
        else noteAnswer(endpoint);
      }
    }
    return down;
  }

  async function one(id: string): ReturnType<typeof sync> {
    const outcome = await sync(id);
    const task = await tasks.get(id);
    const copy = task && knownCopyOf(task);
    if (!copy || placesOf(task).syncAt === null) open.delete(id);
    else {
      const tries = (open.get(id)?.tries ?? 0) + 1;
      const isBehind = copy.owed || outcome.kind === 'unreachable' || copy.trouble === 'ehr-unreachable';
      open.set(
        id,
        isBehind ? { ...copy, tries, againAt: clock.now() + pause(copy, tries) } : { ...copy, ...NOTHING_OWED },
      );
      if (copy.reference !== null && outcome.kind === 'asked' && copy.trouble !== 'ehr-gone')
        looks.foundAlone(copy.endpoint);
    }
    return outcome;
  }

  async function lookAt(name: string): Promise<readonly Open[]> {
    const written = [...open.values()].filter(({ endpoint, reference }) => endpoint === name && reference !== null);
    if (written.length === 0) return [];
    let endpoint;
    try {
      endpoint = options.endpoints.get(name, 'bulk');
    } catch {
      // It is not bound any more, which each write says at its task.
      return written.filter(({ trouble }) => trouble !== 'ehr-refused');
    }
    const look = await looks.look(endpoint, written);
    if (look.kind === 'looked') {
      noteAnswer(name);
      unasked.delete(name);
      const changed = new Set(look.changed);
      await mark(
        written.filter(({ id }) => !changed.has(id)),
        'ehr-unreachable',
        null,
      );
      return look.changed.flatMap((id) => open.get(id) ?? []);
    }
    noteSilent(name, look.failure.code);
    // One failed look may be an accident.
    if (unasked.has(name)) await mark(written, null, 'ehr-unreachable');
    unasked.add(name);
    return [];
  }

  /** That it cannot be asked is true of all of an endpoint, and so is that it can be again, without a request for each. */
  async function mark(copies: readonly Open[], from: EhrTrouble | null, to: EhrTrouble | null): Promise<void> {
    const some = copies.filter((copy) => copy.trouble === from && copy.againAt === null).slice(0, PER_ROUND);
    await Promise.all(
      some.map(async ({ id }) => {
        const task = await tasks.get(id);
        if (task?.ehr?.trouble !== from) return;
        const noted = await tasks.noteCopy(id, task.ehr, { ...task.ehr, trouble: to });
        if (noted.kind !== 'noted') return;
        know(noted.task, null);
        options.live.publish({ kind: 'task', id });
      }),
    );
  }

  /** Behind those of other endpoints, which may be asked; before what was asked in vain, which may be to blame by itself. */
  async function putOff({ id }: Open, begun: Millis): Promise<void> {
    const task = await tasks.get(id);
    if (task?.ehr) await tasks.noteCopy(id, task.ehr, { ...task.ehr, triedAt: begun - 1 });
  }

  function noteSilent(endpoint: string, code: string): void {
    if (silent.has(endpoint)) return;
    silent.add(endpoint);
    log.warn('The endpoint cannot be asked; copies of tasks are behind.', { endpoint, code });
  }

  function noteAnswer(endpoint: string): void {
    if (silent.delete(endpoint))
      log.info('The endpoint answers again; copies of tasks are kept in step.', { endpoint });
  }

  function wake(id?: string): void {
    if (id === undefined) {
      recallAt = 0;
      for (const [key, copy] of open) if (copy.againAt !== null) open.set(key, { ...copy, againAt: 0 });
    } else {
      const known = open.get(id);
      if (known) open.set(id, { ...known, tries: 0, againAt: 0 });
    }
    again = true;
    if (running && !round) alarm.ring(clock.now() + GATHER_MS);
  }

  return {
    wake,
    async settle(id, ...how) {
      await settle(id, ...how);
      wake(id);
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

const NOTHING_OWED = { tries: 0, againAt: null } as const;

function pause({ priority }: KnownCopy, tries: number): Millis {
  const [first, most] = AGAIN_MS[laneOfPriority(priority)];
  return Math.min(most, first * 2 ** Math.min(tries - 1, 10));
}
