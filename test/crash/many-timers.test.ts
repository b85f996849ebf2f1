/** All timers of a busy minute, across a SIGKILL in the middle of them. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { idOfTimer, openTimers, seedTimers } from '../kit/many-timers.ts';
import { longRun } from '../kit/requires.ts';

const COUNT = longRun ? 100_000 : 5000;
const MINUTE = 60_000;
const LIFE = join(import.meta.dirname, '../kit/timers-life.ts');

describe(`${COUNT} timers that are due in one minute`, function () {
  this.timeout(longRun ? 1_200_000 : 120_000);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-timers-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('all tell somebody across a SIGKILL, and what is told again says so', async () => {
    const seeding = await openTimers(folder);
    await seedTimers(seeding, COUNT, seeding.clock.now() - MINUTE, MINUTE);
    await seeding.stop(0);

    /** Of each telling, in order: its key, and which delivery it was. */
    const told: (readonly [key: string, attempt: number])[] = [];
    const live = async (isOver: () => boolean, signal: NodeJS.Signals): Promise<void> => {
      const life = spawn(process.execPath, [LIFE, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
      const gone = once(life, 'exit');
      for await (const line of createInterface({ input: life.stdout })) {
        const [key = '', attempt] = line.split(' ');
        told.push([key, Number(attempt)]);
        if (isOver()) life.kill(signal);
      }
      await gone;
    };
    await live(() => told.length >= COUNT / 2, 'SIGKILL');
    const before = new Set(told.map(([key]) => key));
    assert.ok(before.size < COUNT, 'it was killed in the middle');
    const all = new Set(before);
    await live(() => {
      all.add(told.at(-1)?.[0] ?? '');
      return all.size >= COUNT;
    }, 'SIGTERM');

    const expected = Array.from({ length: COUNT }, (_, i) => `${idOfTimer(i)}/step/0`);
    assert.deepEqual(
      [...all].toSorted((a, b) => a.localeCompare(b)),
      expected,
      'none is lost',
    );
    const seen = new Set<string>();
    for (const [key, attempt] of told) {
      if (seen.has(key)) assert.ok(attempt > 1, 'a repeat says that it is one');
      else seen.add(key);
    }
    assert.ok(told.length - COUNT <= 1000, `only what was in flight is told again, not ${told.length - COUNT}`);

    const after = await openTimers(folder);
    try {
      assert.equal(await after.store.escalations.nextDue(), null);
      const open = await after.store.escalations.list({ states: ['open'], limit: 1 });
      assert.deepEqual(open, [], 'each has gone through its ladder');
    } finally {
      await after.stop(0);
    }
  });
});
