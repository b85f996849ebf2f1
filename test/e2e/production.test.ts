import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { packageRoot, readConfig } from '../../engine/index.ts';
import { processIo } from '../../cli/io.ts';
import { doctor } from '../../cli/doctor/doctor.ts';
import { status } from '../../cli/commands/status.ts';
import type { MessageList, RuntimeStatus } from '../../runtime/api/contract.ts';
import type { RuntimeRelease } from '../../runtime/api/release-contract.ts';
import { ReleaseKit } from '../kit/release-kit.ts';
import {
  startWardflow,
  temporaryFolder,
  until,
  type StartOptions,
  type WardflowProcess,
} from '../kit/wardflow-process.ts';

const RUNS = /^Wardflow runs/;

describe('wardflow up with production', function () {
  this.timeout(180_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let data: string;
  let wardflow: WardflowProcess | undefined;
  beforeEach(async () => {
    folder = await temporaryFolder();
    data = join(folder.path, 'data');
  });
  afterEach(async () => {
    wardflow?.signal('SIGINT');
    await wardflow?.exit;
    await folder.remove();
  });
  const start = (more: Partial<StartOptions> = {}): WardflowProcess => {
    wardflow = startWardflow({ dataFolder: data, ...more });
    return wardflow;
  };

  it('starts it where somebody has said who may approve, and takes up what was promoted while it did not run', async () => {
    const kit = await ReleaseKit.create(data);
    const shipped = await kit.bundle({ definitions: join(packageRoot(), 'flows') });
    await kit.promote(shipped);
    const process = start({ demo: true });
    await process.line(RUNS);
    assert.ok(process.lines.some((line) => /production, for reading/.test(line)));
    const { running, drift } = await process.api<RuntimeRelease>('/release', 'production');
    assert.deepEqual([running?.bundle, drift], [shipped.hash, []]);

    // The synthetic hospital feeds both, each on connections of its own.
    const ids = async (environment: string): Promise<readonly (string | null)[]> => {
      const { messages } = await process.api<MessageList>('/messages?limit=1000', environment);
      return messages.map(({ controlId }) => controlId);
    };
    await until(async () => (await ids('production')).length > 2);
    const both = await ids('staging');
    assert.deepEqual((await ids('production')).filter((id) => both.includes(id)).length > 2, true, 'the same messages');

    // Ended by whatever, it is started again and runs the same.
    const before = (await process.runInfo()).runtimes['production']?.pid ?? 0;
    globalThis.process.kill(before, 'SIGKILL');
    await process.line(/^production runs again/);
    await until(async () => (await process.runInfo()).runtimes['production']?.pid !== before);
    const again = await process.api<RuntimeRelease>('/release', 'production');
    assert.equal(again.running?.bundle, shipped.hash);

    let said = '';
    const config = readConfig({ WARDFLOW_DATA: data });
    const io = { ...processIo(), config: () => config, out: (text: string) => void (said += text) };
    await status(io, { runtime: 'production' });
    assert.match(said, /release\s+1, bundle [0-9a-f]{12}/);
    said = '';
    await doctor(io, {});
    assert.match(said, /production release.*release 1, bundle/);
  });

  it('starts none where nobody has', async () => {
    const process = start();
    await process.line(RUNS);
    assert.deepEqual(Object.keys((await process.runInfo()).runtimes), ['staging']);
    assert.equal((await process.api<RuntimeStatus>('/status')).environment, 'staging');
  });
});
