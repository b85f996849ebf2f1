/** The real console over an environment `production`, whose runtime is a fake one over real HTTP. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../../engine/index.ts';
import type { Role } from '../../../governance/api/permissions.ts';
import { hashPassword } from '../../../governance/server/passwords.ts';
import { FAKE_TOKEN } from '../../kit/fake-runtime.ts';
import { startFakeReleaseRuntime, type FakeReleaseRuntime } from '../../kit/fake-release-runtime.ts';
import {
  CHEAP,
  cookieIn,
  PASSWORD,
  startTestConsole,
  type TestConsole,
  type TestConsoleOptions,
} from '../../kit/test-console.ts';
import { NOW } from '../bundle/ceremony.ts';
import { testEnvironment, type TestEnvironment } from './environment.ts';

export interface ConsoleWithProduction {
  readonly kit: TestConsole;
  readonly env: TestEnvironment;
  readonly runtime: FakeReleaseRuntime;
  readonly clock: ManualClock;
  /** A session of an account of this name: who signs has to be who is logged in. */
  sessionOf(username: string, ...roles: Role[]): Promise<string>;
  stop(): Promise<void>;
}

export async function consoleWithProduction(
  webFolder?: string,
  more: NonNullable<TestConsoleOptions['more']> = {},
): Promise<ConsoleWithProduction> {
  const clock = new ManualClock(NOW);
  const dataFolder = await mkdtemp(join(tmpdir(), 'wardflow-console-'));
  const runtime = await startFakeReleaseRuntime(dataFolder, () => clock.now());
  const kit = await startTestConsole({
    clock,
    dataFolder,
    more,
    ...(webFolder === undefined ? {} : { webFolder }),
    directory: (staging) => ({
      names: ['staging', 'production'],
      locate: (name) => Promise.resolve(name === 'staging' ? { url: staging.url, token: FAKE_TOKEN } : target(runtime)),
    }),
  });
  const env = await testEnvironment(kit.folder);
  return {
    kit,
    env,
    runtime,
    clock,
    async sessionOf(username, ...roles) {
      const password = await hashPassword(PASSWORD, CHEAP);
      if (!kit.console.accounts.get(username))
        kit.console.accounts.create({ username, displayName: username, roles, password, initialPassword: false });
      return cookieIn(await kit.call('/api/v1/session', { method: 'POST', body: { username, password: PASSWORD } }));
    },
    async stop() {
      await kit.stop();
      await runtime.stop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

const target = ({ url, token }: FakeReleaseRuntime) => ({ url, token });
