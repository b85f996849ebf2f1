/**
 * The validator of the engine: `engine.validator`. One thread, started by the first resource, ended when nothing came for a
 * while. Resources are validated one after the other.
 *
 *     const outcome = await engine.validator.validate(resource);
 *     if (!outcome.valid) msg.payload = operationOutcomeOf(outcome);
 *
 * Where no thread may be started (a confined runtime, after its start) the resource is validated in this one, with a shorter
 * time; `standBy()` before that keeps a thread, as a runtime with a FHIR endpoint does.
 */
import type { Worker } from 'node:worker_threads';
import type { Clock, Millis } from '../../base/clock.ts';
import type { WardflowError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { siblingFile } from '../../base/sibling-file.ts';
import { standingWorker } from '../../base/standing-worker.ts';
import type { FhirResource } from '../endpoint.ts';
import { loadBoundedCheck, type BoundedCheck, type Checked } from './bounded-check.ts';
import { validationErrors } from './errors.ts';
import type { FhirValidator, ValidationOutcome } from './validation.ts';
import type { FromWorker, ToWorker, WorkerStart } from './validation-worker.ts';

export interface ValidatorLimits {
  /** Of one resource as JSON. */
  readonly bytes: number;
  /** Members and items in it: what a thread makes of them takes its memory, and one that runs out may take the process along. */
  readonly members: number;
  /** Resources that wait. */
  readonly waiting: number;
  /** Bytes of all that wait. */
  readonly waitingBytes: number;
  /** For one resource; a quarter of it where it holds up the thread of the engine. */
  readonly timeMs: Millis;
  /** Without a resource, until the thread ends. */
  readonly idleMs: Millis;
  /** Heap that the thread may take; it takes a few MiB for usual resources. */
  readonly heapMib: number;
}

export const VALIDATOR_LIMITS: ValidatorLimits = {
  bytes: 8 * 1024 * 1024,
  members: 500_000,
  waiting: 200,
  waitingBytes: 32 * 1024 * 1024,
  timeMs: 4000,
  idleMs: 60_000,
  heapMib: 512,
};

export interface ValidatorOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<ValidatorLimits>;
}

interface Waiting {
  readonly json: string;
  readonly bytes: number;
  readonly resolve: (outcome: ValidationOutcome) => void;
  readonly reject: (error: WardflowError) => void;
}

const NOT_JSON: ValidationOutcome = {
  valid: false,
  findings: [{ severity: 'error', code: 'structure', path: 'Resource', text: 'A resource is JSON.' }],
  more: 0,
};

/** Starting a thread and loading the definitions takes its time, too. */
const START_MS = 20_000;

export function createValidator({ clock, log, limits: given }: ValidatorOptions): FhirValidator {
  const limits = { ...VALIDATOR_LIMITS, ...given };
  const waiting: Waiting[] = [];
  let waitingBytes = 0;
  let worker: Worker | null = null;
  const inlineMs = Math.ceil(limits.timeMs / 4);
  let inline: Promise<BoundedCheck> | null = null;
  let running: Waiting | null = null;
  let isKept = false;
  let cancelGuard = (): void => undefined;
  let cancelIdle = (): void => undefined;

  function start(): Worker | null {
    try {
      const made = standingWorker(siblingFile(import.meta.url, './validation-worker'), {
        workerData: { timeMs: limits.timeMs } satisfies WorkerStart,
        resourceLimits: { maxOldGenerationSizeMb: limits.heapMib, maxYoungGenerationSizeMb: 4 },
      });
      made.unref();
      made.on('message', (checked: FromWorker) => {
        if (made === worker) settle(checked);
      });
      made.on('error', () => lost(made));
      made.on('exit', () => lost(made));
      return made;
    } catch {
      return null;
    }
  }

  /** It died: of the memory it may use, mostly. */
  function lost(which: Worker): void {
    if (which !== worker) return;
    worker = null;
    log.warn('The validator ended and is started anew when it is needed.', { part: 'validation' });
    settle({ problem: 'unavailable' });
  }

  function next(): void {
    if (running) return;
    const first = waiting.shift();
    if (!first) {
      cancelIdle();
      if (worker || inline) cancelIdle = clock.at(clock.now() + limits.idleMs, idle);
      return;
    }
    cancelIdle();
    waitingBytes -= first.bytes;
    running = first;
    worker ??= inline ? null : start();
    if (!worker) {
      inline ??= loadBoundedCheck(inlineMs);
      void inline.then(
        (check) => running === first && settle(check(first.json)),
        () => running === first && settle({ problem: 'unavailable' }),
      );
      return;
    }
    worker.ref();
    cancelGuard = clock.at(clock.now() + limits.timeMs + START_MS, () => {
      void end();
      settle({ problem: 'timed-out' });
    });
    worker.postMessage(first.json satisfies ToWorker, []);
  }

  function settle(checked: Checked): void {
    cancelGuard();
    worker?.unref();
    const done = running;
    running = null;
    if (done) {
      if ('outcome' in checked) done.resolve(checked.outcome);
      else if (checked.problem === 'timed-out')
        done.reject(validationErrors.create('validation-timed-out', { ms: inline ? inlineMs : limits.timeMs }));
      else done.reject(validationErrors.create('validation-unavailable'));
    }
    next();
  }

  function idle(): void {
    inline = null;
    if (isKept) worker?.postMessage(null satisfies ToWorker, []);
    else void end();
  }

  function end(): Promise<unknown> {
    const ending = worker;
    worker = null;
    return ending?.terminate() ?? Promise.resolve();
  }

  return {
    validate(resource: FhirResource) {
      return new Promise((resolve, reject) => {
        const json = jsonOf(resource);
        if (json === null) {
          resolve(NOT_JSON);
          return;
        }
        const bytes = Buffer.byteLength(json);
        const { bytes: most, waiting: places, waitingBytes: mostWaiting } = limits;
        if (bytes > most || membersIn(json) > limits.members)
          reject(validationErrors.create('validation-too-large', { limit: most, members: limits.members }));
        else if (waiting.length >= places || waitingBytes + bytes > mostWaiting)
          reject(validationErrors.create('validation-busy', { limit: places }));
        else {
          waiting.push({ json, bytes, resolve, reject });
          waitingBytes += bytes;
          next();
        }
      });
    },
    standBy() {
      isKept = true;
      worker ??= start();
    },
    async close() {
      cancelIdle();
      cancelGuard();
      inline = null;
      isKept = false;
      const left = [...(running ? [running] : []), ...waiting.splice(0)];
      running = null;
      waitingBytes = 0;
      for (const { reject } of left) reject(validationErrors.create('validation-unavailable'));
      await end();
    },
  };
}

/** `null`: a circle, a number without JSON, too deep to be written. */
function jsonOf(resource: FhirResource): string | null {
  try {
    const json: string | undefined = JSON.stringify(resource);
    return json ?? null;
  } catch {
    return null;
  }
}

/** At least as many as there are: what stands in texts counts as well. */
function membersIn(json: string): number {
  let count = 0;
  for (let at = 0; at < json.length; at += 1) {
    const unit = json.charCodeAt(at);
    // Comma, bracket, brace.
    if (unit === 44 || unit === 91 || unit === 123) count += 1;
  }
  return count;
}
