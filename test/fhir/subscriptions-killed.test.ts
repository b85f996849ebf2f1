import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { FhirSimulator } from '../kit/fhir-simulator.ts';
import { Notifier } from '../kit/fhir-simulator/notifier.ts';
import { seededRandom } from '../kit/seeded-random.ts';
import { freePort, SECRET } from '../kit/subscription-bench.ts';

const LIVES = 3;
const CHANGES = 12;

describe('a subscription whose process is killed', () => {
  it('misses no change and has each version processed by one item of work, whatever was dropped, repeated or out of order', async () => {
    const random = seededRandom(11);
    const simulator = await FhirSimulator.start();
    const notifier = new Notifier(simulator);
    const folder = await mkdtemp(join(tmpdir(), 'wardflow-killed-'));
    await mkdir(join(folder, 'credentials'), { mode: 0o700 });
    await writeFile(join(folder, 'credentials', 'notify'), SECRET, { mode: 0o600 });
    const port = await freePort();
    let child: ChildProcess | undefined;
    const live = async (): Promise<void> => {
      const life = join(import.meta.dirname, 'subscription-life.ts');
      child = fork(life, [folder, simulator.base, String(port)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      await once(child, 'message');
    };
    const processed = (): readonly string[] => {
      const file = join(folder, 'processed');
      return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    };
    const until = async (what: string, condition: () => boolean): Promise<void> => {
      for (const end = performance.now() + 30_000; !condition(); await pause(20))
        if (performance.now() > end) throw new Error(`did not happen: ${what}`);
    };
    try {
      for (let round = 0; round < LIVES; round++) {
        await live();
        await until('it is active', () => simulator.stored('Subscription')[0]?.['status'] === 'active');
        if (round === 0)
          await until('it polls', () => simulator.requests.some(({ url }) => url.includes('_lastUpdated=ge')));
        for (let n = 0; n < CHANGES; n++) {
          const id = `e${round}-${n % 8}`;
          simulator.put({ resourceType: 'Encounter', id, status: `s${n}` });
        }
        const some = notifier.pending.splice(0).flatMap((one) => {
          const luck = random();
          return luck < 0.3 ? [] : luck < 0.6 ? [one, one, one] : [one];
        });
        some.sort(() => random() - 0.5);
        const sending = Promise.allSettled(some.map((one) => notifier.send(one)));
        await pause(Math.floor(random() * 40));
        child?.kill('SIGKILL');
        await sending;
        if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      }
      await live();
      const newest = simulator.stored('Encounter').map(({ id }) => {
        const reference = `Encounter/${String(id)}`;
        return `${reference}/${simulator.versions(reference)}`;
      });
      assert.equal(newest.length, LIVES * 8);
      await until('every change is seen', () => {
        const seen = new Set(processed().map((line) => line.split(' ')[0]));
        return newest.every((one) => seen.has(one));
      });
      const items = new Map<string, Set<string>>();
      for (const line of processed()) {
        const [version = '', work = ''] = line.split(' ');
        items.set(version, (items.get(version) ?? new Set()).add(work));
      }
      assert.deepEqual(
        [...items].filter(([, works]) => works.size > 1),
        [],
      );
      assert.equal(simulator.stored('Subscription').length, 1);
    } finally {
      child?.kill('SIGKILL');
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    }
  }).timeout(120_000);
});
