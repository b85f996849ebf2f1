/** The real console server over a fake runtime, in a folder of its own; and a browser's manners for calling it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock, type Log } from '../../engine/index.ts';
import type { Role } from '../../governance/api/permissions.ts';
import { startConsole, type ConsoleOptions, type ConsoleServer } from '../../governance/server/console.ts';
import { hashPassword } from '../../governance/server/passwords.ts';
import type { RuntimeDirectory } from '../../governance/server/runtimes.ts';
import { FAKE_TOKEN, startFakeRuntime, type FakeRuntime, type FakeRuntimeOptions } from './fake-runtime.ts';

export const PASSWORD = 'correct-horse-battery';
/** Cheap, so that a hundred logins are no wait; the real cost has a test of its own. */
export const CHEAP = { logN: 8, r: 8, p: 1 };

export interface TestConsole {
  readonly console: ConsoleServer;
  readonly runtime: FakeRuntime;
  readonly folder: string;
  /** A session's cookie header of `admin`, or of a new account with these roles. */
  cookieOf(...roles: Role[]): Promise<string>;
  call(path: string, options?: CallOptions): Promise<Answer>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface CallOptions {
  readonly method?: string;
  readonly cookie?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Without what the console's own pages send. */
  readonly foreign?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Only the type of `shape` counts. */
  json<T = Record<string, unknown>>(shape?: T): T;
}

export interface TestConsoleOptions {
  readonly clock?: Clock;
  readonly log?: Log;
  readonly runtime?: FakeRuntimeOptions;
  readonly directory?: (runtime: FakeRuntime) => RuntimeDirectory;
  readonly webFolder?: string;
  /** `false`: does not wait until the console listens to the runtime, because it cannot. */
  readonly watched?: boolean;
  readonly adminPassword?: string | null;
  readonly secondFactorOf?: ConsoleOptions['secondFactorOf'];
  readonly listening?: ConsoleOptions['listening'];
  /** Options of the console itself. */
  readonly more?: Partial<ConsoleOptions>;
  /** Default: a new one, removed in the end. */
  readonly dataFolder?: string;
  onFirstPassword?(password: string): void;
}

export async function startTestConsole(options: TestConsoleOptions = {}): Promise<TestConsole> {
  const folder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'wardflow-console-')));
  const runtime = await startFakeRuntime(options.runtime);
  const start = (): Promise<ConsoleServer> =>
    startConsole({
      dataFolder: folder,
      port: 0,
      runtimes: options.directory?.(runtime) ?? {
        names: ['staging'],
        locate: () => Promise.resolve({ url: runtime.url, token: FAKE_TOKEN }),
      },
      webFolder: options.webFolder ?? join(folder, 'no-web'),
      adminPassword: options.adminPassword === undefined ? PASSWORD : options.adminPassword,
      onFirstPassword: (_username, password) => options.onFirstPassword?.(password),
      clock: options.clock ?? systemClock,
      ...(options.log ? { log: options.log } : {}),
      ...(options.listening ? { listening: options.listening } : {}),
      ...(options.secondFactorOf ? { secondFactorOf: options.secondFactorOf } : {}),
      passwordCost: CHEAP,
      loginsPerMinute: 10_000,
      retryMs: { first: 20, longest: 100 },
      ...options.more,
    });
  let running = await start();
  if (options.watched !== false) await runtime.watched();
  let accounts = 0;

  const call = (
    path: string,
    { method = 'GET', cookie, body, headers = {}, foreign = false }: CallOptions = {},
  ): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
      const outgoing = request(
        `${running.url}${path}`,
        {
          method,
          // Sent as given: no client tidies the path.
          path,
          agent: false,
          headers: {
            ...(foreign ? {} : { 'wardflow-console': '1', 'wardflow-active': '1' }),
            ...(sent === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) }),
            ...(cookie === undefined ? {} : { cookie }),
            ...headers,
          },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text,
              json: <T>(_shape?: T) => JSON.parse(text) as T,
            }),
          );
        },
      );
      outgoing.on('error', reject);
      outgoing.end(sent);
    });

  return {
    get console() {
      return running;
    },
    runtime,
    folder,
    call,
    async cookieOf(...roles) {
      let username = 'admin';
      if (roles.length > 0) {
        username = `person-${++accounts}`;
        const password = await hashPassword(PASSWORD, CHEAP);
        running.accounts.create({ username, displayName: username, roles, password, initialPassword: false });
      }
      const answer = await call('/api/v1/session', { method: 'POST', body: { username, password: PASSWORD } });
      return cookieIn(answer);
    },
    async restart() {
      await running.close();
      running = await start();
    },
    async stop() {
      await running.close();
      await runtime.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** `name=value` of the session cookie that an answer sets. */
export function cookieIn(answer: Answer): string {
  const [first = ''] = [answer.headers['set-cookie'] ?? []].flat();
  return first.split(';')[0] ?? '';
}
