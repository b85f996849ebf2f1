/** A function node of one environment that tries what belongs to another, and to the approval of both. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { releaseFolderOf } from '../../governance/release/index.ts';
import { trustFolderOf } from '../../governance/trust/read-trust-folder.ts';
import type { RuntimeRelease } from '../../runtime/api/release-contract.ts';
import { smallDefinitions } from '../gate/small-definitions.ts';
import { adt } from '../kit/hl7-messages.ts';
import { MllpSender } from '../kit/mllp-sender.ts';
import { ownFlow, ownNode, writeOwnFlow } from '../kit/own-flow.ts';
import { ReleaseKit } from '../kit/release-kit.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';

interface Places {
  /** Where the outcomes are written. */
  readonly own: string;
  /** Files that are not its own, to be read, written and removed. */
  readonly files: readonly string[];
  /** Folders that are not its own, to be written into. */
  readonly folders: readonly string[];
  /** Whether to give Node-RED other flows, from within. */
  readonly deploys?: boolean;
  /** Databases to be changed by SQLite: path and what to do there. */
  readonly databases: Readonly<Record<string, readonly string[]>>;
}

/** Runs as text in a function node: it uses nothing but its parameters. */
const attack = async (process: NodeJS.Process, places: Places): Promise<void> => {
  const builtin = ((id: string) => process.getBuiltinModule(id)) as NodeJS.Process['getBuiltinModule'];
  const fs = builtin('node:fs');
  const outcomes: Record<string, string> = {};
  const attempt = async (name: string, act: () => unknown): Promise<void> => {
    try {
      await act();
      outcomes[name] = 'done';
    } catch (error) {
      outcomes[name] = String((error as { code?: unknown }).code ?? error);
    }
  };
  for (const file of places.files) {
    await attempt(`read ${file}`, () => fs.readFileSync(file));
    await attempt(`write ${file}`, () => fs.writeFileSync(file, 'x'));
    await attempt(`append ${file}`, () => fs.promises.appendFile(file, 'x'));
    await attempt(`remove ${file}`, () => fs.rmSync(file));
    await attempt(`rename ${file}`, () => fs.renameSync(file, `${file}.old`));
  }
  for (const folder of places.folders) {
    const text = `require('node:fs').writeFileSync(${JSON.stringify(`${folder}/evil.json`)}, 'x')`;
    await attempt(`list ${folder}`, () => fs.readdirSync(folder));
    await attempt(`write into ${folder}`, () => fs.writeFileSync(`${folder}/evil.json`, 'x'));
    await attempt(`child process into ${folder}`, () =>
      builtin('node:child_process').execFileSync(process.execPath, ['-e', text], { stdio: 'ignore' }),
    );
    await attempt(
      `worker into ${folder}`,
      () =>
        new Promise((done, failed) => {
          const worker = new (builtin('node:worker_threads').Worker)(text, { eval: true, execArgv: [], env: {} });
          worker.once('exit', done);
          worker.once('error', failed);
        }),
    );
  }
  for (const [file, statements] of Object.entries(places.databases))
    await attempt(`sqlite ${file}`, () => {
      const database = new (builtin('node:sqlite').DatabaseSync)(file, { timeout: 5_000 });
      for (const statement of statements) database.exec(statement);
      database.close();
    });
  if (places.deploys === true) {
    const red = builtin('node:module').createRequire(process.argv[1] ?? '')('node-red') as {
      runtime: { flows: Record<'setFlows' | 'addFlow', (options: object) => Promise<unknown>> };
    };
    const tab = { id: 'evil', type: 'tab', label: 'Evil' };
    for (const deploymentType of ['full', 'nodes', 'flows'])
      await attempt(`deploy ${deploymentType}`, () =>
        red.runtime.flows.setFlows({ flows: { flows: [tab] }, deploymentType }),
      );
    await attempt('add a flow', () => red.runtime.flows.addFlow({ flow: { label: 'Evil', nodes: [] } }));
  }
  fs.writeFileSync(`${places.own}/outcomes.json`, JSON.stringify(outcomes));
};

const initialize = (places: Places): string => {
  const text = `return (${attack.toString()})(process, ${JSON.stringify(places)})`;
  return `setTimeout.constructor(${JSON.stringify(text)})();`;
};

async function outcomesIn(folder: string): Promise<Readonly<Record<string, string>>> {
  const file = join(folder, 'outcomes.json');
  for (const until = Date.now() + 30_000; !existsSync(file);) {
    if (Date.now() > until) throw new Error('the attack never came to its end');
    await new Promise((done) => setTimeout(done, 50));
  }
  // Renamed by nobody: written in one go, but maybe not to its end.
  for (;;)
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string>>;
    } catch {
      await new Promise((done) => setTimeout(done, 50));
    }
}

describe('a function node and the environment beside it', function () {
  this.timeout(120_000);
  let production: RuntimeProcess;
  let staging: RuntimeProcess;
  let kit: ReleaseKit;
  let bundle: string;
  let outcomes: Readonly<Record<string, string>>;
  let inProduction: Readonly<Record<string, string>>;
  let before_: readonly string[];

  /** Of an environment: what approves it, what it was ordered to run. */
  const approval = (data: string): { readonly files: readonly string[]; readonly folders: readonly string[] } => {
    const [trust, releases] = [trustFolderOf(data, 'production'), releaseFolderOf(data, 'production')];
    return {
      files: [join(trust, 'trust-store.json'), join(trust, 'pin.json'), join(releases, 'log', '0000000001.json')],
      folders: [trust, releases, join(releases, 'log'), join(releases, 'bundles')],
    };
  };
  const contents = (data: string): readonly string[] => [
    ...approval(data).files.map((file) => readFileSync(file, 'utf8')),
    ...approval(data).folders.map((folder) => readdirSync(folder).toSorted().join()),
  ];

  before(async () => {
    production = await RuntimeProcess.start({
      environment: 'production',
      definitions: [],
      prepareData: async (data) => {
        kit = await ReleaseKit.create(data);
        const places: Places = {
          own: join(data, 'production'),
          files: [join(data, 'staging', 'bindings.json')],
          folders: [...approval(data).folders, join(data, 'staging'), join(data, '..', 'flows')],
          databases: {},
          deploys: true,
        };
        const one = await kit.bundle({
          definitions: smallDefinitions({ name: 'alpha', initialize: initialize(places) }),
        });
        bundle = one.hash;
        await kit.promote(one);
        before_ = contents(data);
      },
    });
    inProduction = await outcomesIn(join(production.folder, 'production'));
    staging = await RuntimeProcess.start({
      beside: production,
      definitions: ['_shared'],
      prepareFlows: (flows) => {
        const data = join(flows, '..', 'data');
        const store = join(data, 'production', 'wardflow.db');
        const { files, folders } = approval(data);
        const places: Places = {
          own: join(data, 'staging'),
          files: [...files, join(data, 'production', 'service-token'), store],
          folders: [...folders, join(data, 'production')],
          databases: {},
        };
        const evil = ownNode(
          'evil',
          'function',
          { func: 'return msg;', outputs: 1, initialize: initialize(places), libs: [] },
          ['done'],
        );
        writeOwnFlow(ownFlow('evil', [evil]))(flows);
      },
    });
    outcomes = await outcomesIn(join(staging.folder, 'staging'));
  });
  after(async () => {
    await staging?.dispose();
    await production?.dispose();
  });

  const refusedAll = (found: Readonly<Record<string, string>>, least: number): void => {
    assert.ok(Object.keys(found).length >= least);
    for (const [name, outcome] of Object.entries(found))
      assert.match(outcome, /^(ERR_ACCESS_DENIED|confined|production-read-only)$/, `${name}: ${outcome}`);
  };

  it('of staging is refused all of production, its releases and its trust store', () => refusedAll(outcomes, 40));

  it('of production, though approved, is refused what approves it, and staging; it may read its own approval only', () => {
    const mayRead = /^list .*(trust|releases)/;
    refusedAll(Object.fromEntries(Object.entries(inProduction).filter(([name]) => !mayRead.test(name))), 20);
    for (const [name, outcome] of Object.entries(inProduction)) if (mayRead.test(name)) assert.equal(outcome, 'done');
  });

  it('of production is refused to give Node-RED other flows from within, and that is recorded', async () => {
    const deploys = Object.entries(inProduction).filter(([name]) => /^(deploy|add) /.test(name));
    assert.deepEqual(
      deploys.map(([, outcome]) => outcome),
      Array.from({ length: 4 }, () => 'production-read-only'),
    );
    const { records } = await production.api<{ records: { details: { what: string } }[] }>('/audit?type=gate.refused');
    assert.deepEqual(
      records.map(({ details }) => details.what),
      ['a deploy'],
    );
  });

  it('has changed nothing, and production runs what was approved', async () => {
    assert.deepEqual(contents(production.folder), before_);
    const { running, problem, drift } = await production.api<RuntimeRelease>('/release/check', { method: 'POST' });
    assert.deepEqual([running?.bundle, problem, drift], [bundle, null, []]);
  });

  it('of staging reaches them by SQLite, as SECURITY.md says, and it shows: in the log as drift, in the store in its chain', async () => {
    const { releases } = kit;
    const data = production.folder;
    const places: Places = {
      own: join(data, 'staging', 'again'),
      files: [],
      folders: [],
      databases: {
        [join(releases, 'log', '0000000002.json')]: ['CREATE TABLE evil (x)'],
        [join(data, 'production', 'wardflow.db')]: [
          "UPDATE audit SET actor = 'user:somebody-else' WHERE seq = (SELECT min(seq) FROM audit)",
        ],
      },
    };
    const text = `const fs = process.getBuiltinModule('node:fs'); fs.mkdirSync(${JSON.stringify(places.own)});`;
    const run = initialize(places).replace(
      'setTimeout.constructor(',
      `setTimeout.constructor(${JSON.stringify(text)})(); setTimeout.constructor(`,
    );
    const flows = await staging.admin<{ id: string }[]>('/flows');
    const changed = flows.map((node) => (node.id === 'own-evil' ? { ...node, initialize: run } : node));
    await staging.admin('/flows', { method: 'POST', body: JSON.stringify(changed) });
    const done = await outcomesIn(places.own);
    assert.deepEqual(Object.values(done), ['done', 'done'], JSON.stringify(done));
    const { running, drift } = await production.api<RuntimeRelease>('/release/check', { method: 'POST' });
    assert.equal(running?.bundle, bundle);
    assert.deepEqual(
      drift.map(({ code }) => code),
      ['log-differs'],
    );
    const { intact } = await production.api<{ intact: boolean }>('/audit/verify');
    assert.equal(intact, false);
  });

  it('leaves production taking messages', async () => {
    const sender = new MllpSender(production.mllpPort);
    try {
      assert.match(await sender.send(adt('A01', 'N1', '1')), /MSA\|AA\|N1/);
    } finally {
      sender.close();
    }
  });
});
