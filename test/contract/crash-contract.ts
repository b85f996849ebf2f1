import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { verifyAudit } from '../../engine/index.ts';
import { counts } from '../kit/requires.ts';
import { claimOf } from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

export function describeCrash(adapter: StoreAdapter): void {
  describe('crash', () => {
    const opened = new Opened(adapter);
    afterEach(() => opened.clear());

    it('holds every acknowledged message after kill -9 in the middle of accepting, several times', async function () {
      this.timeout(120_000);
      const place = await opened.place();
      const acknowledged: string[] = [];
      for (let round = 0; round < counts(3, 30); round++) {
        acknowledged.push(...(await acceptUntilKilled(adapter, place, 150 + round * 40)));
      }
      assert.ok(acknowledged.length > 450, 'the processes accepted before they were killed');
      const store = await opened.open(place);
      for (const id of acknowledged) {
        const message = await store.journal.get(id);
        assert.ok(message, `${id} was acknowledged and is not there`);
        assert.equal((await store.work.ofMessage(id)).length, 1, 'with its work');
      }
      const total = (await store.journal.counts()).total;
      assert.ok(total >= acknowledged.length);
      assert.equal((await store.work.counts()).waiting, total, 'each message has its work item, acknowledged or not');
      assert.equal((await verifyAudit(store.audit)).intact, true);
      assert.equal((await claimOf(store, 1000)).length, 16, 'the head of each key is claimable, and nothing else');
    });
  });
}

/** Starts a process that accepts; kills it after `enough` acknowledgements; gives all that it named before it died. */
async function acceptUntilKilled(adapter: StoreAdapter, place: string, enough: number): Promise<string[]> {
  const program = resolve(import.meta.dirname, 'accept-forever.ts');
  const child = spawn(process.execPath, [program, adapter.opener, place], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  let killed = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (!killed && output.split('\n').length > enough) {
      killed = true;
      child.kill('SIGKILL');
    }
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  assert.equal(signal, 'SIGKILL', 'it ran until it was killed');
  const lines = output.split('\n');
  // The last line may be cut in the middle of a write.
  return lines.slice(0, -1);
}
