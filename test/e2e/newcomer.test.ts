/** The first minutes with Wardflow: it says where everything is, ends cleanly, and has kept everything when it is started again. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { RunInfo } from '../../engine/index.ts';
import type { MessageList, RuntimeStatus } from '../../runtime/api/contract.ts';
import { isAlive, startWardflow, temporaryFolder, until, type WardflowProcess } from '../kit/wardflow-process.ts';

/** The last line of what it says when it is ready. */
const READY = /Ctrl-C stops it/;

describe('a newcomer who starts the demo', function () {
  this.timeout(180_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let current: WardflowProcess | undefined;
  let info: RunInfo;
  let kept: readonly string[] = [];

  before(async () => {
    folder = await temporaryFolder();
  });
  after(async () => {
    current?.signal('SIGKILL');
    await current?.exit;
    await folder.remove();
  });
  const start = async (env: Readonly<Record<string, string>>): Promise<void> => {
    current = startWardflow({ demo: true, dataFolder: folder.path, env });
    await current.line(READY);
    info = await current.runInfo();
  };
  const running = (): WardflowProcess => {
    assert.ok(current);
    return current;
  };
  const ids = async (): Promise<readonly string[]> =>
    (await running().api<MessageList>('/messages?limit=1000')).messages.map(({ id }) => id);
  const endsCleanly = async (): Promise<void> => {
    const { supervisor, governance, sandbox, runtimes } = info;
    const pids = [supervisor, governance, sandbox, ...Object.values(runtimes)].map((one) => one?.pid ?? 0);
    assert.equal(pids.length, 5);
    for (const pid of pids) assert.equal(await isAlive(pid), true);
    running().signal('SIGINT');
    assert.equal(await running().exit, 0);
    for (const pid of pids) assert.equal(await isAlive(pid), false, 'nothing is left running');
    await assert.rejects(running().runInfo(), { code: 'ENOENT' }, 'run.json is gone');
    current = undefined;
  };

  it('comes to be ready, and says where everything is', async () => {
    await start({});
    const { lines } = running();
    const said = lines.join('\n');
    const { staging, production } = info.runtimes;
    for (const url of [info.governance?.url, staging?.url, production?.url, info.sandbox?.url]) {
      assert.ok(url !== undefined && said.includes(url), `${String(url)} is told`);
      assert.ok((await fetch(url)).status < 500);
    }
    assert.match(said, /log in as admin with \S{12,}/);
    assert.ok(lines.length < 40, `${lines.length} lines`);
  });

  it('sees messages come in, and ends it with Ctrl-C: exit code 0, nothing left running', async () => {
    await until(async () => (await running().api<RuntimeStatus>('/status')).messages.done >= 5);
    kept = await ids();
    await endsCleanly();
  });

  it('finds everything again at the second start', async () => {
    await start({ WARDFLOW_DEMO_FEED: 'off' });
    const now = new Set(await ids());
    assert.ok(kept.length >= 5);
    assert.deepEqual(
      kept.filter((id) => !now.has(id)),
      [],
    );
    assert.match(running().lines.join('\n'), /log in as before/);
    await endsCleanly();
  });
});
