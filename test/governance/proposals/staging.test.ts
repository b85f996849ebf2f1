/** With a real staging: its runtime says what it runs, and scenarios run in real runtimes. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { ProposalView } from '../../../governance/api/proposal-contract.ts';
import { verifyBundle } from '../../../governance/bundle/index.ts';
import { runScenarios } from '../../../governance/scenarios/run-definition.ts';
import { RuntimeProcess } from '../../kit/runtime-process.ts';
import { codeOf, ProposalBench } from './bench.ts';

describe('a proposal from a real staging', function () {
  this.timeout(120_000);
  let staging: RuntimeProcess;
  let bench: ProposalBench;
  before(async () => {
    staging = await RuntimeProcess.start({ definitions: ['_shared', 'critical-lab-result'] });
    bench = await ProposalBench.start({
      staging,
      runner: (request) => runScenarios({ ...request, only: ['resend'] }),
    });
  });
  after(async () => {
    await bench.stop();
    await staging.dispose();
  });

  const done = async (number: number): Promise<ProposalView> => {
    for (;;) {
      const found = await bench.view(number);
      if (![found.checks, found.scenarios].some(({ state }) => state === 'waiting' || state === 'running'))
        return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  it('is approved, passes the gate, and shows the scenarios of before and after', async () => {
    const first = await bench.approved({ title: 'The first' });
    assert.deepEqual(first.definitions, ['_shared', 'critical-lab-result']);
    assert.equal(first.risk, 'critical');
    const { file } = await bench.fileOf(first.number);
    const against = { trustStore: bench.store, environment: 'production', now: bench.clock.now() };
    assert.equal((await verifyBundle(file, against)).ok, true);
    const found = await done(first.number);
    assert.deepEqual(
      found.scenarioResults.map(({ scenario, before: was, after: is }) => [scenario, was, is]),
      [['resend', 'absent', 'passed']],
    );
    assert.equal(found.checks.failed, 0, JSON.stringify(found.findings));
    await bench.release(first.number);
    assert.equal((await bench.view(first.number)).state, 'released');
  });

  it('is refused while the files are others than those that run', async () => {
    const file = join(staging.flows, 'critical-lab-result', 'README.md');
    const text = await readFile(file, 'utf8');
    await writeFile(file, `${text}\nSomebody wrote this by hand.\n`);
    const wish = { environment: 'production', definitions: [], title: 'T', summary: 'S' };
    assert.equal(codeOf(await bench.as('ana', '/proposals', wish)), 'proposal-staging-differs');
    await writeFile(file, text);
    assert.equal(codeOf(await bench.as('ana', '/proposals', wish)), 'proposal-nothing-changed');
  });
});
