import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cp, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { RunInfo } from '../../engine/index.ts';
import type { MessageList, RuntimeStatus } from '../../runtime/api/contract.ts';
import {
  isAlive,
  startWardflow,
  temporaryFolder,
  until,
  type StartOptions,
  type WardflowProcess,
} from '../kit/wardflow-process.ts';

const RUNS = /^Wardflow runs/;

describe('wardflow up', function () {
  this.timeout(180_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const started: WardflowProcess[] = [];
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(async () => {
    for (const one of started.splice(0)) {
      one.signal('SIGINT');
      await one.exit;
    }
    await folder.remove();
  });
  const start = (more: Partial<StartOptions> = {}): WardflowProcess => {
    const made = startWardflow({ dataFolder: join(folder.path, 'data'), ...more });
    started.push(made);
    return made;
  };
  const pids = (info: RunInfo): number[] =>
    [info.supervisor, info.governance, info.sandbox, ...Object.values(info.runtimes)].flatMap((one) =>
      one ? [one.pid] : [],
    );
  const refused = async (process: WardflowProcess, sentence: RegExp): Promise<void> => {
    assert.equal(await process.exit, 1);
    assert.match(process.lines.at(-1) ?? '', sentence);
    assert.equal(
      process.lines.some((line) => /^\s+at /.test(line)),
      false,
      'no stack',
    );
  };

  it('starts, refuses a second start, mends a killed runtime, and leaves nothing behind at Ctrl-C', async () => {
    const wardflow = start();
    await wardflow.line(RUNS);
    const info = await wardflow.runInfo();
    assert.equal(info.sandbox, null);
    assert.equal(pids(info).length, 3);
    assert.equal((await fetch(info.governance?.url ?? '')).status < 500, true);
    assert.equal((await wardflow.api<RuntimeStatus>('/status')).environment, 'staging');

    await refused(start(), new RegExp(`already runs on the data folder .*process ${wardflow.pid}`));
    assert.deepEqual(await wardflow.runInfo(), info);

    const before = info.runtimes['staging']?.pid ?? 0;
    process.kill(before, 'SIGKILL');
    await wardflow.line(/^staging ended unexpectedly \(signal SIGKILL\)/);
    await wardflow.line(/^staging runs again/);
    await until(async () => (await wardflow.runInfo()).runtimes['staging']?.pid !== before);
    assert.ok(await wardflow.api<RuntimeStatus>('/status'));
    await keepsItsSecrets(wardflow);

    const last = await wardflow.runInfo();
    wardflow.signal('SIGINT');
    assert.equal(await wardflow.exit, 0);
    for (const pid of pids(last)) assert.equal(await isAlive(pid), false);
    await assert.rejects(wardflow.runInfo(), { code: 'ENOENT' });
  });

  it('shows the whole demo: messages done, tasks written, one message failed for people, and all of it after a restart', async () => {
    const first = start({ demo: true });
    await first.line(RUNS);
    const status = (): Promise<RuntimeStatus> => first.api<RuntimeStatus>('/status');
    await until(async () => {
      const { messages } = await status();
      return messages.dead >= 1 && messages.done >= 5 && messages.resend >= 1;
    });
    const { messages } = await first.api<MessageList>('/messages?state=dead');
    assert.equal(messages.length, 1, 'exactly one message fails');
    assert.equal(messages[0]?.type, 'ADT^A03');
    const sandbox = (await first.runInfo()).sandbox?.url ?? '';
    const count = async (base: string): Promise<number> =>
      ((await (await fetch(`${base}/fhir/Task?_count=1`)).json()) as { total: number }).total;
    // Copies are written behind.
    await until(async () => (await count(sandbox)) >= 3);
    const tasks = await count(sandbox);
    const before = (await first.runInfo()).sandbox;
    process.kill(before?.pid ?? 0, 'SIGKILL');
    await first.line(/^sandbox runs again/);
    assert.ok((await count(sandbox)) >= tasks, 'it has kept its resources and its address');
    first.signal('SIGTERM');
    assert.equal(await first.exit, 0);

    const second = start({ demo: true, env: { WARDFLOW_DEMO_FEED: 'off' } });
    await second.line(RUNS);
    assert.match(second.lines.join('\n'), /log in as before/);
    assert.equal((await second.api<RuntimeStatus>('/status')).messages.dead, 1);
    assert.ok((await count((await second.runInfo()).sandbox?.url ?? '')) >= tasks);
  });

  it('leaves no child behind when it is killed with -9, and starts again over what it left', async () => {
    const wardflow = start();
    await wardflow.line(RUNS);
    const info = await wardflow.runInfo();
    wardflow.signal('SIGKILL');
    await wardflow.exit;
    for (const pid of pids(info)) await until(async () => !(await isAlive(pid)));
    await start().line(RUNS);
  });

  it('stops at once and leaves nothing behind when it is asked to while it starts', async () => {
    const wardflow = start({ demo: true });
    await wardflow.line(/^Starting/);
    wardflow.signal('SIGINT');
    assert.equal(await wardflow.exit, 0);
    assert.equal(
      wardflow.lines.some((line) => RUNS.test(line)),
      false,
    );
    assert.deepEqual(await processesWith(wardflow.dataFolder), []);
  });

  describe('says in one sentence what is wrong and how to mend it:', () => {
    it('a taken port', async () => {
      const other = createServer().listen(0, '127.0.0.1');
      await once(other, 'listening');
      const { port } = other.address() as AddressInfo;
      const wish = { WARDFLOW_STAGING_PORT: String(port) };
      await refused(
        start({ env: wish }),
        new RegExp(`Port ${port} for the staging runtime is taken.*WARDFLOW_STAGING_PORT`),
      );
      other.close();
    });

    it('a data folder that cannot be one', async () => {
      await writeFile(join(folder.path, 'data'), 'a file');
      await refused(start(), /data folder .* cannot be used .*WARDFLOW_DATA/);
    });

    it('a setting that cannot be', async () => {
      await refused(start({ env: { WARDFLOW_MLLP_PORT: 'many' } }), /WARDFLOW_MLLP_PORT/);
    });

    it('a broken flow file', async () => {
      const flows = join(folder.path, 'flows');
      await cp(resolve(import.meta.dirname, '../../flows'), flows, { recursive: true });
      const [name = 'none'] = (await readdir(flows)).filter((one) => !one.startsWith('_') && !one.includes('.'));
      await writeFile(join(flows, name, 'flow.json'), '[{"id": ');
      await refused(start({ env: { WARDFLOW_FLOWS: flows } }), /flow\.json/);
    });

    it('a broken bindings file', async () => {
      const staging = join(folder.path, 'data', 'staging');
      await mkdir(staging, { recursive: true });
      await writeFile(join(staging, 'bindings.json'), '{');
      await refused(start(), /bindings\.json/);
    });
  });
});

/** Pids of processes that were given this data folder. */
async function processesWith(dataFolder: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) continue;
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (environment.includes(`WARDFLOW_DATA=${dataFolder}\0`)) found.push(pid);
  }
  return found;
}

async function keepsItsSecrets(wardflow: WardflowProcess): Promise<void> {
  const { dataFolder, lines } = wardflow;
  const password = /log in as admin with (\S{12,})/.exec(lines.join('\n'))?.[1] ?? '';
  assert.notEqual(password, '', 'the first password is told');
  const token = (await wardflow.runInfo()).runtimes['staging']?.serviceTokenFile ?? '';
  assert.equal((await stat(dataFolder)).mode & 0o777, 0o700);
  assert.equal((await stat(token)).mode & 0o777, 0o600);
  const secrets = [password, (await readFile(token, 'utf8')).trim()];
  for (const file of await readdir(join(dataFolder, 'logs'))) {
    const log = await readFile(join(dataFolder, 'logs', file), 'utf8');
    assert.equal(
      secrets.some((secret) => log.includes(secret)),
      false,
      `${file} holds no secret`,
    );
  }
}
