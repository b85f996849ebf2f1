/**
 * Judges rule tables in a worker, one after the other: a table of ten thousand rows takes a second or more, in which the event loop
 * would neither acknowledge nor decide. What takes too long, or too much memory, ends with its worker. The worker stays for a
 * while, since a table is judged after each change of a cell.
 *
 * A runtime that is confined may start no thread: it starts this one before, and others in reserve that take its place when a table had
 * to be given up. When none is left, tables are refused: in the event loop nothing would end what takes too long.
 */
import type { Worker } from 'node:worker_threads';
import { siblingFile } from '../base/sibling-file.ts';
import { standingWorker } from '../base/standing-worker.ts';
import { ruleJudgeErrors } from './errors.ts';
import type { TableJudgement, TableToJudge } from './judge-table.ts';
import type { Judged } from './judge-worker.ts';

export interface TableJudge {
  /**
   * @returns `null`: it is another version than the one that may be judged
   * @throws WardflowError `rule-check-too-long`, `rule-check-failed`, `rule-check-busy`, `rule-check-no-thread`
   */
  judge(table: TableToJudge): Promise<TableJudgement | null>;
  /** Starts its thread now, and those in reserve, and keeps them while they have no work. */
  keep(): void;
  close(): void;
}

export interface JudgeLimits {
  /** Milliseconds for one table, the start of the worker among them. */
  readonly timeMs: number;
  /** MiB of the worker's heap. */
  readonly memory: number;
  /** Tables that wait while one is judged. */
  readonly waiting: number;
  /** Milliseconds that a worker without work stays. */
  readonly staysMs: number;
  /** Threads in reserve, of a judge that keeps its thread: each takes about 7 MiB of every runtime. */
  readonly reserve: number;
}

const LIMITS: JudgeLimits = { timeMs: 20_000, memory: 256, waiting: 16, staysMs: 60_000, reserve: 1 };

interface Job {
  readonly table: TableToJudge;
  readonly resolve: (judgement: TableJudgement | null) => void;
  readonly reject: (error: Error) => void;
}

export function createTableJudge(limits: JudgeLimits = LIMITS): TableJudge {
  const waiting: Job[] = [];
  const reserve: Worker[] = [];
  let worker: Worker | null = null;
  let current: Job | null = null;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let kept = false;

  const later = (ms: number, what: () => void): void => {
    clearTimeout(timer);
    timer = setTimeout(what, ms).unref();
  };

  const next = (): void => {
    if (current || closed) return;
    const job = waiting.shift();
    if (!job) {
      worker?.unref();
      if (!kept) later(limits.staysMs, dismiss);
      return;
    }
    current = job;
    worker ??= start();
    if (!worker) {
      end(job, ruleJudgeErrors.create('rule-check-no-thread'));
      return;
    }
    worker.ref();
    later(limits.timeMs, () => {
      dismiss();
      end(job, ruleJudgeErrors.create('rule-check-too-long', { seconds: Math.ceil(limits.timeMs / 1000) }));
    });
    worker.postMessage(job.table, []);
  };

  const start = (): Worker | null => {
    const mine = made() ?? reserve.shift();
    if (mine) serve(mine);
    return mine ?? null;
  };

  const made = (): Worker | null => {
    try {
      return standingWorker(siblingFile(import.meta.url, './judge-worker'), {
        stderr: true,
        resourceLimits: { maxOldGenerationSizeMb: limits.memory },
      });
    } catch {
      return null;
    }
  };

  const serve = (mine: Worker): void => {
    const died = (): void => {
      if (worker !== mine) return;
      worker = null;
      if (current) end(current, ruleJudgeErrors.create('rule-check-failed'));
    };
    mine.on('message', ({ failed, judgement }: Judged) => {
      if (worker !== mine || !current) return;
      end(current, failed === null ? null : new Error(`judging a rule table failed: ${failed}`), judgement);
    });
    mine.on('error', died);
    mine.on('exit', died);
  };

  const inReserve = (): void => {
    while (reserve.length < limits.reserve) {
      const spare = made();
      if (!spare) return;
      spare.unref();
      // One that dies before it is needed is none.
      spare.on('error', () => undefined);
      spare.once('exit', () => {
        const place = reserve.indexOf(spare);
        if (place >= 0) reserve.splice(place, 1);
      });
      reserve.push(spare);
    }
  };

  const end = (job: Job, error: Error | null, judgement: TableJudgement | null = null): void => {
    if (current !== job) return;
    current = null;
    clearTimeout(timer);
    if (error) job.reject(error);
    else job.resolve(judgement);
    next();
  };

  const dismiss = (): void => {
    const leaving = worker;
    worker = null;
    void leaving?.terminate();
  };

  return {
    judge: (table) =>
      new Promise((resolve, reject) => {
        if (closed || waiting.length >= limits.waiting) {
          reject(ruleJudgeErrors.create('rule-check-busy'));
          return;
        }
        waiting.push({ table, resolve, reject });
        next();
      }),
    keep() {
      kept = true;
      worker ??= start();
      worker?.unref();
      inReserve();
    },
    close() {
      closed = true;
      clearTimeout(timer);
      dismiss();
      for (const spare of reserve.splice(0)) void spare.terminate();
      const left = current ? [current, ...waiting.splice(0)] : waiting.splice(0);
      current = null;
      for (const { reject } of left) reject(ruleJudgeErrors.create('rule-check-busy'));
    },
  };
}
