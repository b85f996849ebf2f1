import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { createChild, type Child, type ChildSpec } from '../../supervisor/child.ts';

describe('a supervised process', () => {
  let folder: string;
  const children: Child[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-supervisor-'));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.kill();
      await child.stop();
    }
    await rm(folder, { recursive: true });
  });

  interface Told {
    readonly words: [string, Readonly<Record<string, unknown>>][];
    readonly crashes: string[];
    recovered: number;
    /** Resolves at the next recovery. */
    readonly back: Promise<void>;
  }

  const run = async (
    script: string,
    more: Partial<ChildSpec> = {},
  ): Promise<{ child: Child; told: Told; spec: ChildSpec }> => {
    const file = join(folder, 'child.mjs');
    await writeFile(file, script);
    const spec: ChildSpec = {
      name: 'tester',
      args: [file],
      env: { FOLDER: folder },
      cwd: folder,
      logFile: join(folder, 'logs', 'tester.log'),
      ready: 'says-so',
      readyWithinMs: 10_000,
      stopWithinMs: 5_000,
      ...more,
    };
    const back = Promise.withResolvers<void>();
    const told: Told = { words: [], crashes: [], recovered: 0, back: back.promise };
    const child = createChild(spec, {
      onWord: (word, value) => told.words.push([word, value]),
      onCrash: (how) => told.crashes.push(how),
      onRecovered() {
        told.recovered++;
        back.resolve();
      },
    });
    children.push(child);
    return { child, told, spec };
  };
  const SAY_READY = 'console.log(`ready {"port":7}`); setInterval(() => {}, 1000);';

  it('is ready when it says so, and keeps its other words out of its log', async () => {
    const { child, told, spec } = await run(
      `console.log('first-login {"password":"open sesame"}'); console.log('hello'); console.error('careful'); ${SAY_READY}`,
    );
    await child.start();
    assert.deepEqual(child.said(), { port: 7 });
    assert.deepEqual(told.words, [['first-login', { password: 'open sesame' }]]);
    await child.stop();
    const log = await readFile(spec.logFile, 'utf8');
    assert.match(log, /hello/);
    assert.match(log, /careful/);
    assert.doesNotMatch(log, /sesame/);
  });

  it('is ready when the probe says so', async () => {
    let asked = 0;
    const { child } = await run('setInterval(() => {}, 1000);', { ready: { probe: async () => ++asked === 3 } });
    await child.start();
    assert.equal(asked, 3);
  });

  it('that ends while it starts is a failure with its own last sentence', async () => {
    const { child } = await run(
      `console.error('Port 4000 is taken. Choose another.'); console.error('    at frame (file.js:1)'); console.error('{"level":30}'); process.exitCode = 1;`,
    );
    await assert.rejects(child.start(), (error: { code?: string; message?: string }) => {
      assert.equal(error.code, 'process-failed');
      assert.match(error.message ?? '', /Port 4000 is taken\. Choose another\./);
      return true;
    });
  });

  it('that ends without a word is a failure with its exit code', async () => {
    const { child } = await run('process.exitCode = 3;');
    await assert.rejects(child.start(), /exit code 3/);
  });

  it('that is silent too long is a failure, and does not stay behind', async () => {
    const { child } = await run('setInterval(() => {}, 1000);', { readyWithinMs: 300 });
    const failed = assert.rejects(child.start(), { code: 'process-silent' });
    const pid = child.pid() ?? 0;
    await failed;
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  });

  it('is started again after a crash, with another pid, and says so', async () => {
    const { child, told } = await run(SAY_READY);
    await child.start();
    const before = child.pid() ?? 0;
    process.kill(before, 'SIGKILL');
    await told.back;
    assert.deepEqual(told.crashes, ['signal SIGKILL']);
    assert.equal(told.recovered, 1);
    assert.notEqual(child.pid(), before);
    process.kill(child.pid() ?? 0, 0);
  });

  it('is not started again when it was told to stop', async () => {
    const { child, told } = await run(
      `import { writeFileSync } from 'node:fs'; process.once('SIGTERM', () => { writeFileSync(process.env.FOLDER + '/drained', ''); process.exit(0); }); ${SAY_READY}`,
    );
    await child.start();
    const pid = child.pid() ?? 0;
    await child.stop();
    assert.equal(existsSync(join(folder, 'drained')), true, 'it was asked, not killed');
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    assert.deepEqual(told.crashes, []);
  });

  it('is killed when it does not stop in time', async () => {
    const { child } = await run(`process.on('SIGTERM', () => {}); ${SAY_READY}`, { stopWithinMs: 200 });
    await child.start();
    const pid = child.pid() ?? 0;
    await child.stop();
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  });

  it('ends when its supervisor is killed with -9', async () => {
    const { spec } = await run(SAY_READY);
    const module = pathToFileURL(join(import.meta.dirname, '../../supervisor/child.ts')).href;
    const supervisor = join(folder, 'supervisor.mjs');
    await writeFile(
      supervisor,
      `import { createChild } from ${JSON.stringify(module)};
       const child = createChild(${JSON.stringify(spec)}, { onCrash() {}, onRecovered() {} });
       await child.start();
       console.log(child.pid());`,
    );
    const parent = spawn(process.execPath, [supervisor], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    process.kill(pid, 0);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await gone(pid);
  });
});

/** Polls, since nobody tells a stranger that a process has ended; mocha's time limit ends the wait. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
      // Ended, and nobody has asked how: still a process by number only.
      if (/^State:\tZ/m.test(await readFile(`/proc/${pid}/status`, 'utf8'))) return;
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
