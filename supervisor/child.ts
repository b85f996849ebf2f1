/**
 * One supervised process.
 *
 *   new -> starting -> ready            starting -> failed (it ended, or was silent too long, at its first start)
 *   ready -> crashed -> starting        starting -> crashed (a later start)
 *   any -> stopping -> stopped
 *
 * It speaks on standard output in lines `ready {json}` and `first-login {json}`; everything else it writes goes to its
 * log. It runs in a process group of its own: Ctrl-C reaches the supervisor only, which stops its children in order.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { supervisorErrors } from './errors.ts';
import { MEMORY_ENVIRONMENT } from './runtime-flags.ts';
import { openLogFile } from './log-file.ts';

export interface ChildSpec {
  readonly name: string;
  /** Arguments of Node.js. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly logFile: string;
  /** How it is known to be ready: it says so itself, or `probe` returns true. */
  readonly ready: 'says-so' | { readonly probe: (signal: AbortSignal) => Promise<boolean> };
  readonly readyWithinMs: number;
  /** How long it may take to stop before it is killed. */
  readonly stopWithinMs: number;
}

export interface ChildEvents {
  /** Anything it says on standard output besides `ready`, such as `first-login`. */
  onWord?(word: string, value: Readonly<Record<string, unknown>>): void;
  onCrash(how: string, againInMs: number): void;
  /** It runs again after a crash. */
  onRecovered(): void;
}

export interface Child {
  readonly name: string;
  pid(): number | null;
  /** What it said with `ready`; empty where a probe decides. */
  said(): Readonly<Record<string, unknown>>;
  /** Resolves when it is ready. Throws `process-failed` or `process-silent`; then it does not run. */
  start(): Promise<void>;
  /** SIGTERM, then SIGKILL. Safe to call at any time and more than once. */
  stop(): Promise<void>;
  /** SIGKILL at once. */
  kill(): void;
}

const GUARD = pathToFileURL(join(import.meta.dirname, 'child-guard.ts')).href;
const PROBE_EVERY_MS = 100;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;
/** A process that ran this long was well: the next crash starts the back-off anew. */
const WELL_AFTER_MS = 60_000;

export function createChild(spec: ChildSpec, events: ChildEvents): Child {
  const log = openLogFile(spec.logFile);
  let running: Life | undefined;
  let stopping = false;
  let crashes = 0;
  let again: NodeJS.Timeout | undefined;

  const begin = async (): Promise<void> => {
    const life = startLife(spec, (chunk) => log.write(chunk), events);
    running = life;
    const startedAt = Date.now();
    const outcome = await life.ready;
    if (outcome.kind === 'ready') {
      void life.ended.then((how) => {
        if (Date.now() - startedAt > WELL_AFTER_MS) crashes = 0;
        if (!stopping) backOff(how);
      });
      return;
    }
    life.kill();
    await life.ended;
    const about = { process: spec.name, log: spec.logFile };
    throw outcome.kind === 'silent'
      ? supervisorErrors.create('process-silent', { ...about, seconds: Math.round(spec.readyWithinMs / 1000) })
      : supervisorErrors.create('process-failed', { ...about, reason: outcome.reason });
  };

  const backOff = (how: string): void => {
    const wait = Math.min(FIRST_BACKOFF_MS * 2 ** crashes++, LONGEST_BACKOFF_MS);
    events.onCrash(how, wait);
    again = setTimeout(() => {
      begin().then(
        () => events.onRecovered(),
        (error: unknown) => {
          if (!stopping) backOff(error instanceof Error ? error.message : 'it did not start');
        },
      );
    }, wait);
  };

  return {
    name: spec.name,
    pid: () => running?.process.pid ?? null,
    said: () => running?.said ?? {},
    start: begin,
    async stop() {
      stopping = true;
      clearTimeout(again);
      const life = running;
      if (life) {
        life.process.kill('SIGTERM');
        const timer = setTimeout(() => life.kill(), spec.stopWithinMs);
        await life.ended;
        clearTimeout(timer);
      }
      log.close();
    },
    kill() {
      stopping = true;
      clearTimeout(again);
      running?.kill();
    },
  };
}

interface Life {
  readonly process: ChildProcess;
  readonly said: Readonly<Record<string, unknown>>;
  readonly ready: Promise<
    { readonly kind: 'ready' } | { readonly kind: 'ended'; readonly reason: string } | { readonly kind: 'silent' }
  >;
  /** Resolves with how it ended, when its output is read to the end. */
  readonly ended: Promise<string>;
  kill(): void;
}

/** One run of the process, from spawn to its end. */
function startLife(spec: ChildSpec, write: (chunk: string) => void, events: ChildEvents): Life {
  write(`\n--- ${spec.name} starts ${new Date().toISOString()}\n`);
  // SIGUSR1 would open Node's debugger, and with it the process, to whoever may send signals: a runtime's flows may.
  const child = spawn(process.execPath, ['--disable-sigusr1', '--import', GUARD, ...spec.args], {
    cwd: spec.cwd,
    env: { ...MEMORY_ENVIRONMENT, ...spec.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  const life = { said: {} as Readonly<Record<string, unknown>> };
  const saidReady = Promise.withResolvers<void>();
  let reason = '';
  eachLine(child.stdout, (line) => {
    const spoken = /^([a-z][a-z-]{1,30}) (\{.*\})$/.exec(line);
    if (!spoken) return write(`${line}\n`);
    const value = parsed(spoken[2] ?? '');
    if (spoken[1] === 'ready') {
      life.said = value;
      saidReady.resolve();
    } else events.onWord?.(spoken[1] ?? '', value);
  });
  eachLine(child.stderr, (line) => {
    write(`${line}\n`);
    // The last sentence that is no log line (JSON) and no stack is why it ended.
    if (/^[A-Z"']/.test(line) && line.length < 1_000) reason = line;
  });

  const ended = new Promise<string>((resolve) => {
    child.once('error', () => resolve('it could not be started'));
    child.once('close', (code, signal) =>
      resolve(signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`),
    );
  });
  const over = new AbortController();
  const endedEarly = ended.then((how) => ({ kind: 'ended' as const, reason: reason === '' ? `${how}.` : reason }));
  const silent = new Promise<{ kind: 'silent' }>((resolve) => {
    const timer = setTimeout(() => resolve({ kind: 'silent' }), spec.readyWithinMs);
    over.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  const up = spec.ready === 'says-so' ? saidReady.promise : probed(spec.ready.probe, over.signal);
  const ready = Promise.race([up.then(() => ({ kind: 'ready' as const })), endedEarly, silent]).finally(() =>
    over.abort(),
  );
  return {
    process: child,
    get said() {
      return life.said;
    },
    ready,
    ended,
    kill: () => void child.kill('SIGKILL'),
  };
}

function eachLine(stream: Readable | null, take: (line: string) => void): void {
  if (stream) createInterface({ input: stream }).on('line', take);
}

async function probed(probe: (signal: AbortSignal) => Promise<boolean>, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    if (await probe(over)) return;
    await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS));
  }
  await new Promise(() => undefined);
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
