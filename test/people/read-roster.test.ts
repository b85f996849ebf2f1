import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { silentLog } from '../../engine/index.ts';
import { parseRoster, rosterPath, rosterReader } from '../../engine/people/read-roster.ts';

const file = (entries: readonly object[]): string => JSON.stringify({ kind: 'roster', format: 1, entries });

describe('the roster of an environment', () => {
  it('is read again when it has changed; one that is broken leaves the last good one in force', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wardflow-roster-'));
    try {
      const reader = rosterReader(folder, silentLog);
      const covers = async (): Promise<readonly string[]> => (await reader.current()).covering('doctor', null, 0);
      assert.deepEqual(await covers(), []);
      await writeFile(rosterPath(folder), file([{ role: 'doctor', person: 'ana' }]));
      assert.deepEqual(await covers(), ['ana']);
      await writeFile(rosterPath(folder), '{"kind": "roster"');
      assert.deepEqual(await covers(), ['ana']);
      await writeFile(rosterPath(folder), file([{ role: 'doctor', person: 'benjamin' }]));
      assert.deepEqual(await covers(), ['benjamin']);
      await rm(rosterPath(folder));
      assert.deepEqual(await covers(), []);
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
