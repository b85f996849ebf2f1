import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { standingWorker } from '../../engine/base/standing-worker.ts';

describe('a thread that stands by', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'wardflow-standing-'));
    writeFileSync(
      join(folder, 'echo.mjs'),
      `import { parentPort, workerData } from 'node:worker_threads';
       parentPort.on('message', (message) => parentPort.postMessage([workerData, message]));`,
    );
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('loads its code with the first message, and misses none that comes meanwhile', async () => {
    const worker = standingWorker(join(folder, 'echo.mjs'), { workerData: 'given' });
    const answers: unknown[] = [];
    const all = new Promise<void>((resolve) => {
      worker.on('message', (answer) => {
        if (answers.push(answer) === 4) resolve();
      });
    });
    for (const message of [1, 2, 3]) worker.postMessage(message, []);
    worker.postMessage(null, []);
    await all;
    assert.deepEqual(
      answers,
      [1, 2, 3, null].map((message) => ['given', message]),
    );
    await worker.terminate();
  });

  it('fails with its first message where its code cannot be loaded, and not before', async () => {
    const worker = standingWorker(join(folder, 'missing.mjs'), {});
    const failed: unknown[] = [];
    worker.on('error', (error) => failed.push(error));
    await once(worker, 'online');
    assert.deepEqual(failed, []);
    worker.postMessage('first', []);
    await new Promise((resolve) => worker.once('exit', resolve));
    assert.equal(failed.length, 1);
  });
});
