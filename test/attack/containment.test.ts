import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { RuntimeStatus } from '../../runtime/api/contract.ts';
import { oru, potassium } from '../kit/hl7-messages.ts';
import { MllpSender } from '../kit/mllp-sender.ts';
import { ownFlow, ownNode, writeOwnFlow } from '../kit/own-flow.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';
import { escapes, type Outcomes, type Targets } from './escapes.ts';

const ENGINE = resolve(import.meta.dirname, '../../engine');
const MESSAGE = oru({ controlId: 'ATTACK1', patient: '1', observations: [potassium('4.1')] });
const OUTSIDE = ['production', 'governance', 'trust', 'releases', 'audit-heads', 'staging-of-another'];

/** Node processes of this user that have nothing to do with Wardflow. */
class Bystanders {
  readonly #all: ChildProcess[] = [];
  debuggerOpened = false;

  async start(): Promise<Targets['bystanders']> {
    const [debugged, killed] = await Promise.all([this.#one(), this.#one()]);
    return { debugged: debugged.pid ?? 0, killed: killed.pid ?? 0 };
  }

  async #one(): Promise<ChildProcess> {
    const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#all.push(child);
    child.stderr?.on('data', (chunk: Buffer) => (this.debuggerOpened ||= chunk.toString().includes('Debugger')));
    if (child.stdout) await once(child.stdout, 'data');
    return child;
  }

  get alive(): readonly boolean[] {
    return this.#all.map(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  }

  async stop(): Promise<void> {
    for (const child of this.#all.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
}

/** Folders beside a runtime's own, with something in each that must stay as it is. */
function outsideOf(data: string): Record<string, string> {
  return Object.fromEntries(
    OUTSIDE.map((name) => {
      const folder = join(data, name);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'kept.txt'), 'kept');
      return [name, folder];
    }),
  );
}

const outcomesIn = (folder: string): Outcomes =>
  JSON.parse(readFileSync(join(folder, 'outcomes.json'), 'utf8')) as Outcomes;

async function appears(file: string): Promise<void> {
  const until = Date.now() + 30_000;
  while (!existsSync(file)) {
    if (Date.now() > until) throw new Error(`${file} did not appear`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

describe('a function node that leaves its sandbox', function () {
  this.timeout(180_000);
  const bystanders = new Bystanders();
  let runtime: RuntimeProcess;
  let targets: Targets;
  let outcomes: Outcomes;

  before(async () => {
    const signalled = await bystanders.start();
    runtime = await RuntimeProcess.start({
      definitions: ['_shared'],
      prepareFlows: (flows) => {
        const data = join(flows, '..', 'data');
        const own = join(data, 'staging');
        // Code of the program is there already: nothing may be left in it.
        targets = { own, flows, outside: outsideOf(data), bystanders: signalled };
        const everything = { ...targets, outside: { ...targets.outside, sources: ENGINE } };
        const text = `return (${escapes.toString()})(process, ${JSON.stringify(everything)})`;
        const initialize = `const outer = setTimeout.constructor;
          outer(${JSON.stringify(text)})().catch((error) => outer('e', 'throw e')(error));`;
        const attack = ownNode('attack', 'function', { func: 'return msg;', outputs: 1, initialize, libs: [] }, [
          'done',
        ]);
        writeOwnFlow(ownFlow('attack', [attack]))(flows);
      },
    });
    await appears(join(targets.own, 'outcomes.json'));
    outcomes = outcomesIn(targets.own);
  });
  after(async () => {
    await runtime?.dispose();
    await bystanders.stop();
  });

  it('may do what its runtime may: write its own folder and the definitions', () => {
    const may = Object.entries(outcomes).filter(([name]) => name.startsWith('may: '));
    assert.deepEqual(
      may.map(([, outcome]) => outcome),
      ['done', 'done', 'done'],
    );
    assert.equal(readFileSync(join(targets.own, 'mine.txt'), 'utf8'), 'x');
    assert.equal(readFileSync(join(targets.flows, '.mine'), 'utf8'), 'x');
  });

  it('reaches other files through SQLite, as SECURITY.md says: the day this fails it can say otherwise', () => {
    assert.equal(outcomes['remains: SQLite opens files'], 'done');
    rmSync(join(targets.outside['production'] ?? '', 'sqlite.db'));
  });

  it('is refused everything else, each time by name', () => {
    const rest = Object.entries(outcomes).filter(([name]) => !/^(may|remains): /.test(name));
    assert.ok(rest.length >= 50, `only ${rest.length} attempts`);
    assert.deepEqual(
      rest.filter(([, outcome]) => outcome === 'done'),
      [],
    );
    for (const [name, outcome] of rest)
      assert.match(outcome, /^(ERR_ACCESS_DENIED|ERR_DLOPEN_DISABLED|confined|Error: none)$/, `${name}: ${outcome}`);
  });

  it('has left nothing outside and changed nothing there', () => {
    for (const folder of Object.values(targets.outside)) {
      assert.deepEqual(readdirSync(folder), ['kept.txt']);
      assert.equal(readFileSync(join(folder, 'kept.txt'), 'utf8'), 'kept');
    }
    for (const name of ['evil.txt', 'evil.db', 'worker.txt', 'moved.txt', 'kept.txt'])
      assert.equal(existsSync(join(ENGINE, name)), false, name);
  });

  it('reaches no other process by a signal', () => {
    assert.deepEqual(bystanders.alive, [true, true]);
    assert.equal(bystanders.debuggerOpened, false);
  });

  it('leaves the runtime running, and messages flowing through that very node', async () => {
    assert.equal(runtime.ended, false);
    const sender = new MllpSender(runtime.mllpPort);
    try {
      await sender.send(MESSAGE);
    } finally {
      sender.close();
    }
    await runtime.until<RuntimeStatus>('/status', ({ messages }) => messages.done === 1);
  });

  it('is told of by the runtime: it says that it is confined', async () => {
    assert.equal((await runtime.api<RuntimeStatus>('/status')).confined, true);
  });
});

describe('the same ways out of a plain Node process', function () {
  this.timeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), 'wardflow-plain-'));
  const bystanders = new Bystanders();
  after(async () => {
    await bystanders.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are open, so what was refused was refused by the confinement', async () => {
    const own = join(folder, 'data', 'staging');
    const flows = join(folder, 'flows');
    mkdirSync(own, { recursive: true });
    mkdirSync(flows);
    const outside = outsideOf(join(folder, 'data'));
    const targets = { own, flows, outside, bystanders: await bystanders.start() };
    const text = `(${escapes.toString()})(process, ${JSON.stringify(targets)}).then(() => process.exit(0))`;
    const child = spawn(process.execPath, ['-e', text], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await once(child, 'close');
    assert.ok(existsSync(join(own, 'outcomes.json')), said);
    const refused = Object.entries(outcomesIn(own)).filter(([, outcome]) => outcome !== 'done');
    // Node itself takes numbers only.
    assert.deepEqual(
      refused.map(([name]) => name),
      ['signal: by a number that changes'],
    );
  });
});
