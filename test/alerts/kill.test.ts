import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'mocha';
import { startLocalHttpServer } from '../kit/local-http-server.ts';
import type { AlertDelivery } from '../../engine/index.ts';

const TELLER = join(import.meta.dirname, '../kit/alert-teller.ts');

describe('a process that is killed between sending an alert and recording it', () => {
  it('sends it again with the same id, marked as a repeat, and never a third time', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wardflow-killed-'));
    let kill = (): unknown => assert.fail('no process');
    const pager = await startLocalHttpServer((_, response) => {
      // The first is taken, and never answered: whoever sent it is gone by then.
      if (pager.seen.length === 1) kill();
      else response.writeHead(202).end();
    });
    try {
      const run = (...more: readonly string[]) =>
        spawn(process.execPath, [TELLER, folder, `${pager.origin}/page`, ...more], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
      const first = run('begin');
      kill = () => first.kill('SIGKILL');
      const [, signal] = (await once(first, 'exit')) as [number | null, string | null];
      assert.equal(signal, 'SIGKILL');
      const second = run();
      const deliveries = JSON.parse(await text(second.stdout)) as AlertDelivery[];
      assert.deepEqual(
        deliveries.map(({ channel, state, repeat }) => [channel, state, repeat]),
        [['pager', 'sent', true]],
      );
      const [once1, again] = pager.seen;
      assert.equal(pager.seen.length, 2);
      assert.ok(once1 && again);
      assert.equal(again.headers['idempotency-key'], once1.headers['idempotency-key']);
      assert.deepEqual([once1.headers['wardflow-repeat'], again.headers['wardflow-repeat']], [undefined, 'true']);
      const ids = [once1, again].map(({ body }) => (JSON.parse(body) as { id: string }).id);
      assert.equal(ids[0], ids[1]);
    } finally {
      await pager.close();
      await rm(folder, { recursive: true, force: true });
    }
  }).timeout(60_000);
});
