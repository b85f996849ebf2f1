import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { RuntimeStatus } from '../../runtime/api/contract.ts';
import type { RuntimeRelease } from '../../runtime/api/release-contract.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';

describe('an empty production', function () {
  this.timeout(180_000);
  let runtime: RuntimeProcess;
  before(async () => {
    runtime = await RuntimeProcess.start({ environment: 'production', definitions: [] });
  });
  after(() => runtime?.dispose());

  it('answers, and runs nothing', async () => {
    const release = await runtime.api<RuntimeRelease>('/release');
    assert.deepEqual([release.environment, release.running, release.problem], ['production', null, null]);
    assert.deepEqual((await runtime.api<RuntimeStatus>('/status')).definitions, []);
  });

  it('has nothing to complain about', async () => {
    const { drift, checkedAt } = await runtime.api<RuntimeRelease>('/release/check', { method: 'POST' });
    assert.deepEqual(drift, []);
    assert.ok(checkedAt > 0);
  });
});
