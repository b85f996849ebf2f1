import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { ManualClock, silentLog } from '../../engine/index.ts';
import {
  parseRoster,
  rosterPath,
  rosterReader,
  type RosterChange,
  type RosterReader,
} from '../../engine/people/read-roster.ts';

const file = (entries: readonly object[]): string => JSON.stringify({ kind: 'roster', format: 1, entries });

describe('the roster of an environment', () => {
  it('is read again when it has changed; one that is broken leaves the last good one in force', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wardflow-roster-'));
    try {
      const clock = new ManualClock(0);
      const told: RosterChange[] = [];
      const reader = rosterReader(folder, silentLog, clock, (change) => void told.push(change));
      const covers = async (): Promise<readonly string[]> => (await reader.current()).covering('doctor', null, 0);
      assert.deepEqual(await covers(), []);
      await writeFile(rosterPath(folder), file([{ role: 'doctor', person: 'ana' }]));
      assert.deepEqual(await covers(), ['ana']);
      await writeFile(rosterPath(folder), '{"kind": "roster"');
      assert.deepEqual(await covers(), ['ana']);
      await writeFile(rosterPath(folder), file([{ role: 'doctor', person: 'benjamin' }]));
      assert.deepEqual(await covers(), ['benjamin']);
      await rm(rosterPath(folder));
      assert.deepEqual(await covers(), ['benjamin']);
      clock.advance(60_000);
      assert.deepEqual(await covers(), []);
      assert.deepEqual(
        told.filter((one) => typeof one === 'string'),
        ['usable', 'gone'],
        'mended, and then not',
      );
      await covers();
      assert.equal(told.length, 4, 'each once');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('is the last good one where it is broken at a start, and says so until it is mended', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wardflow-roster-'));
    try {
      const told: RosterChange[] = [];
      const clock = new ManualClock(7);
      const start = () => rosterReader(folder, silentLog, clock, (change) => void told.push(change));
      const covers = async (reader: RosterReader) => (await reader.current()).covering('doctor', null, 0);
      await writeFile(rosterPath(folder), 'nothing of a roster');
      const first = start();
      assert.deepEqual(await covers(first), []);
      assert.deepEqual(first.trouble(), { reason: 'it is not JSON', inForce: null, since: 7 });
      await writeFile(rosterPath(folder), file([{ role: 'doctor', person: 'ana' }]));
      assert.deepEqual(await covers(first), ['ana']);
      assert.equal(first.trouble(), null);
      await writeFile(rosterPath(folder), '{}');
      const second = start();
      assert.deepEqual(await covers(second), ['ana']);
      assert.equal(second.trouble()?.inForce, 'the last good one');
      assert.deepEqual(
        told.map((one) => (typeof one === 'string' ? one : one.inForce)),
        [null, 'usable', 'the last good one'],
      );
      await rm(rosterPath(folder));
      const third = start();
      assert.deepEqual(await covers(third), ['ana']);
      clock.advance(60_000);
      assert.deepEqual(await covers(third), []);
      assert.deepEqual(await covers(start()), [], 'one that was taken away is not brought back');
      await writeFile(rosterPath(folder), '{}');
      assert.deepEqual(await covers(start()), []);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('is the last good one while the file is away for a moment, and says so', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wardflow-roster-'));
    try {
      const clock = new ManualClock(0);
      const told: RosterChange[] = [];
      const start = () => rosterReader(folder, silentLog, clock, (change) => void told.push(change));
      const reader = start();
      const covers = async (one = reader) => (await one.current()).covering('doctor', null, 0);
      const [path, aside] = [rosterPath(folder), join(folder, 'aside')];
      await writeFile(path, file([{ role: 'doctor', person: 'ana' }]));
      await covers();
      await rename(path, aside);
      clock.advance(1000);
      assert.deepEqual(await covers(), ['ana']);
      assert.deepEqual([reader.trouble()?.inForce, reader.trouble()?.since], ['the last good one', 1000]);
      assert.deepEqual(await covers(start()), ['ana'], 'also at a start just then');
      clock.advance(50_000);
      assert.deepEqual(await covers(), ['ana']);
      await rename(aside, path);
      assert.deepEqual(await covers(), ['ana']);
      assert.equal(reader.trouble(), null, 'the very same file is back');
      clock.advance(60_000);
      assert.deepEqual(await covers(), ['ana']);
      assert.equal(told.at(-1), 'usable');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('is refused with what is wrong', () => {
    assert.match(JSON.stringify(parseRoster(file([{ role: 'doctor' }]))), /entries\[0\] lacks ..person/);
    const backwards = { role: 'd', person: 'a', from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' };
    assert.match(JSON.stringify(parseRoster(file([backwards]))), /entries\[0\] ends before it begins/);
    assert.match(JSON.stringify(parseRoster('x')), /not JSON/);
  });
});
