import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { stagingOf } from '../../../governance/server/proposals/staging.ts';

interface Deployed {
  readonly by: string;
  readonly version: string;
  readonly previous: string | null;
}

/** Who may not approve, by an audit trail of these deploys, the oldest first, one in each second. */
async function editors(deploys: readonly Deployed[], from: { version: string | null; at: number }, to: string) {
  const records = deploys.map(({ by, version, previous }, i) => ({
    seq: i + 1,
    at: (i + 1) * 1000,
    actor: by,
    definition: 'lab',
    version,
    details: { previous },
  }));
  const staging = stagingOf(async ({ path }) => {
    const before = Number(/before=(\d+)/.exec(path)?.[1] ?? Infinity);
    return {
      kind: 'answer',
      response: Response.json({ records: records.filter(({ seq }) => seq < before).toReversed() }),
    };
  }, 'none');
  return staging.editors('lab', from, to, 'user:somebody');
}

describe('who deployed a change on staging', () => {
  const ana = { by: 'user:ana', version: 'v1', previous: 'v0' };
  const bob = { by: 'user:bob', version: 'v2', previous: 'v1' };

  it('is read from the version before each', async () => {
    const before = { by: 'user:eve', version: 'v0', previous: 'v-1' };
    assert.deepEqual(await editors([before, ana, bob], { version: 'v0', at: 0 }, 'v2'), ['ana', 'bob']);
    assert.deepEqual(await editors([before, ana, bob], { version: 'v1', at: 0 }, 'v2'), ['bob']);
  });

  it('is everybody since the release, where the definition was removed and came back', async () => {
    const again = { by: 'user:bob', version: 'v1', previous: null };
    assert.deepEqual(await editors([ana, again], { version: 'v0', at: 500 }, 'v1'), ['ana', 'bob']);
    assert.deepEqual(await editors([ana, again], { version: 'v0', at: 1500 }, 'v1'), ['bob']);
  });

  it('is everybody since the release, where a record is missing', async () => {
    const gap = { by: 'user:bob', version: 'v3', previous: 'v2' };
    assert.deepEqual(await editors([ana, gap], { version: 'v0', at: 500 }, 'v3'), ['ana', 'bob']);
  });

  it('is everybody, where the environment has nothing of it', async () => {
    const made = { by: 'user:ana', version: 'v1', previous: null };
    const again = { by: 'user:bob', version: 'v1', previous: null };
    assert.deepEqual(await editors([made, again], { version: null, at: 1500 }, 'v1'), ['ana', 'bob']);
  });
});
