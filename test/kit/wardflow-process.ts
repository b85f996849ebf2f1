/** `wardflow up` as a user starts it: a process of its own on free ports, with a data folder of its own. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { RunInfo } from '../../engine/index.ts';
import { ACTOR_HEADER } from '../../runtime/api/contract.ts';

export interface WardflowProcess {
  readonly pid: number;
  readonly dataFolder: string;
  /** All lines it has printed. */
  readonly lines: readonly string[];
  /** Resolves with the first line, past or future, that matches; rejects when the process ends without it. */
  line(pattern: RegExp): Promise<string>;
  runInfo(): Promise<RunInfo>;
  /** Asks a runtime's API, with its token; default: that of staging. */
  api<T>(path: string, environment?: string): Promise<T>;
  signal(signal: NodeJS.Signals): void;
  /** Resolves with the exit code; `null` after a signal. */
  readonly exit: Promise<number | null>;
}

export interface StartOptions {
  readonly demo?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly dataFolder: string;
}

const ROOT = resolve(import.meta.dirname, '../..');

export function startWardflow({ demo = false, env = {}, dataFolder }: StartOptions): WardflowProcess {
  const clean = Object.entries(process.env).filter(([name]) => !name.startsWith('WARDFLOW_'));
  const child = spawn(process.execPath, ['cli/main.ts', 'up', ...(demo ? ['--demo'] : [])], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...Object.fromEntries(clean),
      WARDFLOW_DATA: dataFolder,
      WARDFLOW_GOVERNANCE_PORT: '0',
      WARDFLOW_STAGING_PORT: '0',
      WARDFLOW_MLLP_PORT: '0',
      WARDFLOW_PRODUCTION_PORT: '0',
      WARDFLOW_PRODUCTION_MLLP_PORT: '0',
      ...env,
    },
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const changed = (): void => {
    for (const one of waiting) one();
  };
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      changed();
    });
  }
  let ended = false;
  const exit = new Promise<number | null>((done) => {
    child.once('close', (code) => {
      ended = true;
      changed();
      done(code);
    });
  });
  const runInfo = async (): Promise<RunInfo> =>
    JSON.parse(await readFile(join(dataFolder, 'run.json'), 'utf8')) as RunInfo;
  return {
    pid: child.pid ?? 0,
    dataFolder,
    lines,
    line: (pattern) =>
      new Promise((done, fail) => {
        const look = (): void => {
          const found = lines.find((line) => pattern.test(line));
          if (found === undefined && !ended) return;
          waiting.delete(look);
          if (found === undefined)
            fail(new Error(`it ended without ${String(pattern)}; it said:\n${lines.join('\n')}`));
          else done(found);
        };
        waiting.add(look);
        look();
      }),
    runInfo,
    async api<T>(path: string, environment = 'staging'): Promise<T> {
      const runtime = (await runInfo()).runtimes[environment];
      if (!runtime) throw new Error(`no ${environment} runtime runs`);
      const token = (await readFile(runtime.serviceTokenFile, 'utf8')).trim();
      const response = await fetch(`${runtime.url}/wardflow/api/v1${path}`, {
        headers: { authorization: `Bearer ${token}`, [ACTOR_HEADER]: 'service:test' },
        signal: AbortSignal.timeout(30_000),
      });
      if (!response.ok) throw new Error(`${path} answered ${response.status}`);
      return (await response.json()) as T;
    },
    signal: (name) => void child.kill(name),
    exit,
  };
}

/** A new folder under the system's temporary one, and what removes it. */
export async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'wardflow-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Whether a process is there and not only waiting for its parent to ask how it ended. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
    return !/^State:\tZ/m.test(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''));
  } catch {
    return false;
  }
}

/**
 * Asks until it is so. For things that happen in other processes. Gives up before the longer limits of mocha do, so
 * that the failure names what was waited for.
 */
export async function until(isSo: () => Promise<boolean>, limitMs = 60_000): Promise<void> {
  const giveUpAt = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new Error(`It never became so within ${limitMs} ms: ${isSo.toString()}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
