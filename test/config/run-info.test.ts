import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import {
  ensureServiceToken,
  readRunInfo,
  readServiceToken,
  removeRunInfo,
  runInfoPath,
  serviceTokenPath,
  writeRunInfo,
  type RunInfo,
} from '../../engine/config/run-info.ts';

describe('run.json and the service token', () => {
  let data: string;
  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'wardflow-run-'));
  });
  afterEach(() => rm(data, { recursive: true }));

  const info = (): RunInfo => ({
    format: 1,
    version: '0.1.0',
    startedAt: 1_767_600_000_000,
    supervisor: { pid: 1 },
    demo: true,
    governance: { pid: 2, port: 4000, url: 'http://127.0.0.1:4000' },
    runtimes: {
      staging: {
        pid: 3,
        port: 1880,
        url: 'http://127.0.0.1:1880',
        serviceTokenFile: serviceTokenPath(data, 'staging'),
        feeds: { hospital: { host: '127.0.0.1', port: 2575 } },
      },
    },
    sandbox: null,
  });

  it('is read as it was written, replaced whole, and gone after removal', async () => {
    assert.equal(await readRunInfo(data), null);
    await writeRunInfo(data, info());
    assert.deepEqual(await readRunInfo(data), info());
    await writeRunInfo(data, { ...info(), demo: false });
    assert.equal((await readRunInfo(data))?.demo, false);
    assert.deepEqual(await readdir(data), ['run.json']);
    await removeRunInfo(data);
    await removeRunInfo(data);
    assert.equal(await readRunInfo(data), null);
  });

  it('refuses a broken file by name', async () => {
    for (const text of ['{', '{"format":2}', '[]', 'null']) {
      await writeFile(runInfoPath(data), text);
      await assert.rejects(readRunInfo(data), { code: 'run-info-unreadable' });
    }
  });

  it('makes one token that only this user may read, and keeps it', async () => {
    const token = await ensureServiceToken(data, 'staging');
    assert.equal(await ensureServiceToken(data, 'staging'), token);
    assert.notEqual(await ensureServiceToken(data, 'production'), token);
    const file = serviceTokenPath(data, 'staging');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal(await readServiceToken(file, 'staging'), token);
    await assert.rejects(readServiceToken(join(data, 'nowhere'), 'staging'), { code: 'service-token-unreadable' });
    await writeFile(file, 'short\n');
    await assert.rejects(readServiceToken(file, 'staging'), { code: 'service-token-unreadable' });
  });
});
