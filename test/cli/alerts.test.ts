/** `wardflow alerts` against a real engine behind a real server. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { runCli } from '../../cli/run.ts';
import {
  ensureServiceToken,
  packageRoot,
  readConfig,
  serviceTokenPath,
  writeRunInfo,
  type AlertRecord,
  type HeldBackAlert,
} from '../../engine/index.ts';
import type { AlertDetail } from '../../runtime/api/task-contract.ts';
import { startAlertApi, type AlertApi } from '../kit/alert-api.ts';
import { AlertBench, alertPolicyOf } from '../kit/alert-bench.ts';
import { eventually } from '../kit/eventually.ts';

const HIGH = { patient: 'p1', code: 'K', value: 7 };

describe('alerts on the command line', () => {
  let bench: AlertBench;
  let api: AlertApi;
  const ids: string[] = [];

  before(async () => {
    bench = await AlertBench.open();
    api = await startAlertApi(bench);
    await ensureServiceToken(bench.folder, 'staging');
    const serviceTokenFile = serviceTokenPath(bench.folder, 'staging');
    const staging = { pid: process.pid, port: api.port, url: api.url, serviceTokenFile, feeds: {} };
    await writeRunInfo(bench.folder, {
      format: 1,
      version: '0.0.0',
      startedAt: Date.now(),
      supervisor: { pid: process.pid },
      demo: false,
      governance: null,
      runtimes: { staging },
      sandbox: null,
    });
    const policy = alertPolicyOf({
      tiers: [{ name: 'page', when: 'true', to: { role: 'doctor' }, channels: ['mail', 'console'] }],
    });
    for (const patient of ['p1', 'p2', 'p1']) {
      const { alert, outcome } = await bench.consider(await bench.accept(), { ...HIGH, patient }, policy);
      if (outcome === 'started') ids.push(alert?.id ?? '');
      bench.clock.advance(1000);
    }
    await eventually('both are told', () => bench.told.length === 2);
  });
  after(async () => {
    api?.close();
    await bench?.close();
  });

  async function run(
    ...args: string[]
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
    let [out, err] = ['', ''];
    const code = await runCli(['alerts', ...args], {
      out: (text) => void (out += text),
      bytes: () => Promise.resolve(),
      err: (text) => void (err += text),
      config: () => readConfig({ WARDFLOW_DATA: bench.folder }, packageRoot()),
      actor: () => 'cli:test',
      now: () => bench.clock.now(),
      confirm: () => Promise.resolve('cannot-ask'),
      secret: () => Promise.resolve(null),
    });
    return { code, out, err };
  }
  async function said(...args: string[]): Promise<string> {
    const { code, out, err } = await run(...args);
    assert.equal(code, 0, err);
    return out;
  }
  const parsed = async <T>(...args: string[]): Promise<T> => JSON.parse(await said(...args, '--json')) as T;

  it('lists what waits for somebody, shows one with its tellings, and what was held back', async () => {
    const listed = await parsed<AlertRecord[]>('list');
    assert.deepEqual(
      listed.map(({ id }) => id),
      ids.toReversed(),
    );
    assert.match(await said('list'), /page +2 +doctor by console +A result needs an answer\n/);
    const plain = await said('show', ids[0] ?? '');
    assert.match(plain, /occurrences +2\n/);
    assert.match(plain, /doctor +mail +channel-unbound\n/);
    assert.match(plain, /doctor +console +delivered/);
    assert.match(plain, /Held back:\n.*joined/);
    assert.equal((await parsed<AlertDetail>('show', ids[0] ?? '')).heldBack.length, 1);
    assert.deepEqual(
      (await parsed<HeldBackAlert[]>('list', '--held-back')).map(({ because }) => because),
      ['joined'],
    );
    assert.equal((await parsed<AlertRecord[]>('list', '--state', 'closed,resolved')).length, 0);
  });

  it('acknowledges and closes in the name of who is at the terminal', async () => {
    const [first = '', second = ''] = ids;
    assert.equal(await said('acknowledge', first), `${first}: acknowledged by cli:test\n`);
    const closed = JSON.parse(await said('close', first, '--dismiss', 'false-positive', '--json')) as AlertRecord;
    assert.deepEqual(closed.ended?.dismissal, { reason: 'false-positive', text: null });
    assert.equal(await said('close', second), `${second}: closed by cli:test\n`);
    assert.match(await said('show', first), /dismissed +false-positive\n/);
    assert.equal(await said('list'), 'No alerts.\n');
    assert.match((await run('close', first)).err, /is over/);
    assert.notEqual((await run('close', first)).code, 0);
  });

  it('refuses what it does not know', async () => {
    for (const args of [
      ['list', '--state', 'new'],
      ['list', '--limit', '0'],
      ['close', ids[0] ?? '', '--dismiss', 'never'],
      ['close', ids[0] ?? '', '--text', 'words alone'],
      ['show', 'none'],
    ])
      assert.notEqual((await run(...args)).code, 0, args.join(' '));
  });
});
