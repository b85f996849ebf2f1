/** The shift report as a runtime gives it: a real engine behind a real server, asked by HTTP and by the command line. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import Papa from 'papaparse';
import { runCli } from '../../cli/run.ts';
import {
  createEngine,
  definitionSet,
  ensureServiceToken,
  ManualClock,
  packageRoot,
  readConfig,
  serviceTokenPath,
  silentLog,
  writeRunInfo,
  type Definition,
  type Engine,
  type ShiftReport,
  type WorkflowTask,
} from '../../engine/index.ts';
import { API_ROOT, SCOPE_HEADER, type ScopeOfCall } from '../../runtime/api/contract.ts';
import { createRuntimeApi, type RuntimeApi } from '../../runtime/api/index.ts';
import { createPinnedSamples } from '../../runtime/samples/pinned-samples.ts';
import { alertOf, escalationOf, taskOf } from '../kit/people-builders.ts';
import { acceptOne, auditEntry, newChild } from '../kit/store-builders.ts';

const MINUTE = 60_000;
const LAB: ScopeOfCall = { definitions: ['lab'], serviceLines: [] };

describe('the shift report of a runtime', () => {
  let folder: string;
  let clock: ManualClock;
  let engine: Engine;
  let api: RuntimeApi;
  let server: Server;
  let url: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-shift-'));
    clock = new ManualClock();
    const bindings = { feeds: {}, endpoints: {} };
    engine = await createEngine({ environment: 'staging', dataFolder: folder, bindings, clock, log: silentLog });
    api = createRuntimeApi(() => true, 'staging', silentLog);
    server = createServer((request, response) => api.handle(request, response, () => response.end()));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const definitions = () => definitionSet([definition('lab', 'Laboratory'), definition('beds', '=Beds')]);
    api.open({
      engine,
      version: '1',
      startedAt: clock.now(),
      definitions,
      drain: () => Promise.resolve(),
      samples: createPinnedSamples(folder),
    });
    await fill();
  });
  afterEach(async () => {
    api.close();
    server.closeAllConnections();
    server.close();
    await engine.stop(0);
    await rm(folder, { recursive: true });
  });

  /** A task of each definition and an alert; the one of the laboratory is taken over, decided otherwise and completed by its service. */
  async function fill(): Promise<void> {
    const { tasks, alerts, escalations } = engine.store;
    const now = clock.now();
    const item = await acceptOne(engine.store, { definition: 'lab' });
    const made = (id: string, name: string, line: string, over: Partial<WorkflowTask> = {}) =>
      tasks.create(
        taskOf(item, id, { definition: name, serviceLine: line, createdAt: now, stateSince: now, ...over }),
        { kind: 'created', at: now, actor: `flow:${name}`, via: 'flow', reason: null },
        auditEntry('task.opened'),
      );
    await made('t1', 'lab', 'Laboratory');
    await made('t2', 'beds', '=Beds', { dueAt: now + MINUTE });
    const by = { actor: 'user:ana', via: 'console' } as const;
    clock.advance(5 * MINUTE);
    await engine.tasks.claim('t1', 1, 'ana', by);
    await engine.tasks.override('t1', 2, { what: 'a', instead: 'b' }, by, { code: 'other', text: null });
    await engine.tasks.take('t1', 3, 'start', by);
    await engine.tasks.take('t1', 4, 'complete', by);
    await alerts.raise(
      alertOf(item, 'a1', { definition: 'lab', startedAt: now }),
      newChild(item, 'd'),
      auditEntry('alert.started'),
    );
    await alerts.heldBack({
      at: now,
      group: 'g',
      policy: 'p',
      definition: 'beds',
      messageId: item.messageId,
      tier: 't',
      because: 'joined',
      by: 'a1',
    });
    await escalations.start(escalationOf(item, 'e1', { definition: 'lab', startedAt: now, nextStep: 1 }));
  }

  const get = (query: object, scope?: ScopeOfCall): Promise<Response> =>
    fetch(
      `${url}${API_ROOT}/shift-report?${new URLSearchParams(Object.entries(query).map(([k, v]) => [k, String(v)]))}`,
      {
        headers: {
          authorization: 'Bearer x',
          ...(scope ? { [SCOPE_HEADER]: Buffer.from(JSON.stringify(scope)).toString('base64url') } : {}),
        },
      },
    );
  const time = () => ({ from: clock.now() - 60 * MINUTE, to: clock.now() + MINUTE, zone: 'Europe/Berlin' });
  const report = async (query: object, scope?: ScopeOfCall): Promise<ShiftReport> => {
    const response = await get(query, scope);
    assert.equal(response.status, 200);
    if (scope) assert.equal(response.headers.get(SCOPE_HEADER), 'applied');
    return (await response.json()) as ShiftReport;
  };

  it('is of what its services did', async () => {
    const { all, byServiceLine, byRole, buckets, cut, asOf } = await report(time());
    assert.equal(asOf, clock.now());
    assert.deepEqual([all.created, all.completed, all.overdue, all.pending], [2, 1, 1, { requested: 1 }]);
    assert.deepEqual(all.toAcknowledge, { count: 1, p50: 5 * MINUTE, p90: 5 * MINUTE, longest: 5 * MINUTE });
    assert.deepEqual([all.overrideRate, all.falsePositiveRate], [1, null]);
    assert.deepEqual([all.alertsStarted, all.alertsHeldBack, all.escalationSteps, all.exhausted], [1, 1, 1, 1]);
    assert.deepEqual(
      byServiceLine.map((line) => [line.serviceLine, line.inState.count, line.alertsStarted, line.alertsHeldBack]),
      [
        ['=Beds', 1, 0, 1],
        ['Laboratory', 0, 1, 0],
      ],
    );
    assert.deepEqual(
      byRole.map(({ role, pending }) => [role, pending]),
      [['nurse', 1]],
    );
    assert.equal(
      buckets.reduce((sum, bucket) => sum + bucket.created, 0),
      2,
    );
    assert.equal(cut, false);
    assert.equal((await report({ ...time(), serviceLine: '=Beds' })).all.created, 1);
  });

  it('is of the part that the caller answers for', async () => {
    const { all, byServiceLine } = await report(time(), LAB);
    assert.deepEqual([all.created, all.alertsStarted, all.alertsHeldBack, all.escalationSteps], [1, 1, 0, 1]);
    assert.deepEqual(
      byServiceLine.map(({ serviceLine }) => serviceLine),
      ['Laboratory'],
    );
    assert.equal((await report(time(), { definitions: [], serviceLines: [] })).all.created, 0);
  });

  it('is refused for what is no time or no zone', async () => {
    const code = async (query: object): Promise<unknown> => {
      const response = await get(query);
      assert.equal(response.status, 400);
      return ((await response.json()) as { code: string }).code;
    };
    const { from, to, zone } = time();
    assert.equal(await code({ from }), 'api-request-invalid');
    assert.equal(await code({ from: 'x', to }), 'api-request-invalid');
    assert.equal(await code({ from: to, to: from, zone }), 'report-time');
    assert.equal(await code({ from: 0, to, zone }), 'report-time');
    assert.equal(await code({ from, to, zone: 'Nowhere/None' }), 'report-zone');
  });

  it('is read on the command line, in words, as JSON and as CSV without formulae', async () => {
    await ensureServiceToken(folder, 'staging');
    const { port } = server.address() as AddressInfo;
    await writeRunInfo(folder, {
      format: 1,
      version: '0.0.0',
      startedAt: clock.now(),
      supervisor: { pid: process.pid },
      demo: false,
      governance: null,
      sandbox: null,
      runtimes: {
        staging: { pid: process.pid, port, url, serviceTokenFile: serviceTokenPath(folder, 'staging'), feeds: {} },
      },
    });
    const wardflow = async (...args: string[]): Promise<string> => {
      let [out, err] = ['', ''];
      const code = await runCli(['report', 'shift', '--zone', 'Europe/Berlin', ...args], {
        out: (text) => (out += text),
        bytes: () => Promise.resolve(),
        err: (text) => (err += text),
        config: () => readConfig({ WARDFLOW_DATA: folder }, packageRoot()),
        actor: () => 'cli:test',
        now: () => clock.now(),
        confirm: () => Promise.resolve('no' as const),
        secret: () => Promise.resolve(null),
      });
      return code === 0 ? out : err;
    };
    const words = await wardflow('--from', '1h');
    assert.match(words, /pending now +1 requested/);
    assert.match(words, /taken over within +5 min for half, 5 min for 9 of 10 \(of 1\)/);
    assert.match(words, /overridden +100 % of the tasks that ended or were decided otherwise/);
    assert.match(words, /false alarms +none/);
    const json = JSON.parse(await wardflow('--from', '1h', '--json')) as ShiftReport;
    assert.equal(json.all.created, 2);
    const csv = Papa.parse<Record<string, string>>(await wardflow('--from', '1h', '--csv'), {
      header: true,
      skipEmptyLines: true,
    });
    assert.deepEqual(csv.errors, []);
    const row = (of: string, name?: string) =>
      csv.data.find((one) => one['of'] === of && (name === undefined || one['name'] === name));
    assert.equal(row('all')?.['to take over, median (s)'], '300');
    assert.equal(row('all')?.['false alarms (share)'], '', 'none is an empty cell');
    assert.equal(row('service line', "'=Beds")?.['pending now'], '1', 'no formula of a spreadsheet');
    assert.equal(row('service line', '=Beds'), undefined);
    assert.ok(row('hour'));
    assert.match(await wardflow('--from', 'yesterday'), /--from takes a time/);
    assert.match(await wardflow('--from', '40d'), /at most 31 days/);
  });
});

const definition = (name: string, serviceLine: string): Definition =>
  ({
    name,
    version: 'v1',
    intent: { title: name, risk: 'low', serviceLine },
    flow: [{ id: `tab-${name}`, type: 'tab' }],
    rules: new Map(),
  }) as unknown as Definition;
