import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { io } from 'socket.io-client';
import type { LiveEvents } from '../../../governance/api/contract.ts';
import type { ProposalView } from '../../../governance/api/proposal-contract.ts';
import type { ScenarioRunner } from '../../../governance/server/proposals/runs.ts';
import { eventually } from '../../kit/eventually.ts';
import { codeOf, flow, ProposalBench } from './bench.ts';

describe('checks and scenarios of a proposal', () => {
  let bench: ProposalBench;
  let asked: string[] = [];
  let hold: Promise<void> = Promise.resolve();
  afterEach(() => bench.stop());

  /** One scenario each; it fails where the threshold is below 5. */
  const runner: ScenarioRunner = async ({ definition, files }) => {
    const threshold = /at least ([\d.]+)/.exec(files['flow.json'] ?? '')?.[1] ?? '';
    asked.push(`${definition} ${threshold}`);
    await hold;
    const ok = Number(threshold) >= 5;
    const differences = ok ? [] : [{ place: 'expect[0]', text: 'expected 1 effect; there are 2' }];
    const scenario = { scenario: 'resend', title: 'Sent twice', ok, differences, compared: 1, observed: NOTHING };
    return { definition, version: '', ok, hash: '0', scenarios: [{ ...scenario, tookMs: 1, hash: '0' }] };
  };
  const start = async (): Promise<void> => {
    asked = [];
    hold = Promise.resolve();
    bench = await ProposalBench.start({ runner });
  };
  const done = async (number: number): Promise<ProposalView> => {
    let found: ProposalView | undefined;
    await eventually('the runs are done', async () => {
      found = await bench.view(number);
      return [found.checks, found.scenarios].every(({ state }) => state === 'passed' || state === 'failed');
    });
    if (!found) throw new Error('there is no proposal');
    return found;
  };

  it('are run off the request, before and after', async () => {
    await start();
    const first = await bench.approved();
    await done(first.number);
    await bench.release(first.number);
    asked = [];
    await bench.write('alpha', { 'flow.json': flow('alpha', '4.5') });
    await bench.deploy();
    const made = await bench.create();
    assert.equal(made.scenarios.state, 'waiting');
    const found = await done(made.number);
    assert.deepEqual(asked, ['alpha 4.5'], 'what the base comes to is known');
    assert.deepEqual(found.scenarioResults, [
      {
        definition: 'alpha',
        scenario: 'resend',
        title: 'Sent twice',
        before: 'passed',
        after: 'failed',
        differences: ['expect[0]: expected 1 effect; there are 2'],
      },
    ]);
    assert.equal(found.scenarios.state, 'failed');
    assert.match(found.scenariosHash ?? '', /^[0-9a-f]{64}$/);
    assert.ok(found.findings.some(({ code, definition }) => code.length > 0 && definition === 'alpha'));
    assert.ok(found.findingsBefore !== null);
    assert.deepEqual(
      found.history.map(({ kind }) => kind).filter((kind) => kind === 'checked' || kind === 'scenarios-run'),
      ['checked', 'scenarios-run'],
    );
  });

  it('go on after the console was started again in the middle', async () => {
    await start();
    const released = Promise.withResolvers<void>();
    hold = released.promise;
    const { number } = await bench.create();
    await eventually('the scenarios run', async () => (await bench.view(number)).scenarios.state === 'running');
    await bench.restart();
    released.resolve();
    hold = Promise.resolve();
    assert.equal((await done(number)).scenarios.state, 'passed');
    assert.deepEqual(asked, ['alpha 6.0', 'alpha 6.0', 'beta 6.0']);
  });

  it('are run again when somebody asks, one at a time', async () => {
    await start();
    const { number } = await bench.create();
    await done(number);
    asked = [];
    const released = Promise.withResolvers<void>();
    hold = released.promise;
    const rerun = (what: string): ReturnType<typeof bench.as> =>
      bench.as('greta', `/proposals/${number}/rerun`, { what });
    assert.equal((await rerun('scenarios')).status, 200);
    assert.equal(codeOf(await rerun('scenarios')), 'proposal-runs-too-many');
    released.resolve();
    await done(number);
    assert.deepEqual(asked, ['alpha 6.0', 'beta 6.0']);
    assert.equal(codeOf(await rerun('everything')), 'request-invalid');
  });

  it('say why they could not be run, and leave the rest of the queue', async () => {
    asked = [];
    bench = await ProposalBench.start({ runner: () => Promise.reject(new Error('no runtime')) });
    const [one, two] = [await bench.create(), await bench.create()];
    for (const { number } of [one, two]) {
      const found = await done(number);
      assert.equal(found.scenarios.state, 'failed');
      assert.deepEqual(found.checks.state === 'passed' || found.checks.state === 'failed', true);
    }
  });

  it('are told to browsers while they run', async () => {
    await start();
    const client = io(bench.kit.console.url, {
      path: '/live',
      transports: ['websocket'],
      extraHeaders: { cookie: await bench.cookie('greta') },
      reconnection: false,
    });
    try {
      const told: number[] = [];
      client.on('proposal' satisfies keyof LiveEvents, ({ number }: { number: number }) => told.push(number));
      await new Promise<void>((resolve) => client.once('connect', resolve));
      const { number } = await bench.create();
      await done(number);
      await eventually('it is told', () => told.length >= 5);
      assert.deepEqual([...new Set(told)], [number]);
    } finally {
      client.close();
    }
  });
});

const NOBODY = { tasks: [], alarms: [], heldBack: [], told: [], fallbacks: [], reviews: [] };
const SILENCE = {
  effects: [],
  alerts: [],
  decisions: [],
  escalations: [],
  states: [],
  resources: [],
  messages: [],
  requests: [],
};
const NOTHING = { ...SILENCE, people: NOBODY };
