/**
 * What a function node may try when it has left its sandbox. Run as text in a runtime (and, to see that each way leads out
 * where nothing confines, in a plain Node process), so it uses nothing but its parameters.
 */
import type * as Processes from 'node:child_process';
import type * as Threads from 'node:worker_threads';

export interface Targets {
  /** Where the outcomes are written: a folder that may be written. */
  readonly own: string;
  /** May be written as well. */
  readonly flows: string;
  /** Folders outside, by name; each is there and holds `kept.txt`. */
  readonly outside: Readonly<Record<string, string>>;
  /** Node processes of the same user, to be signalled. */
  readonly bystanders: { readonly debugged: number; readonly killed: number };
}

/** By what was tried: `done`, or the code of what refused it. */
export type Outcomes = Readonly<Record<string, string>>;

type Attack = (process: NodeJS.Process, targets: Targets) => Promise<void>;

export const escapes: Attack = async (process, targets) => {
  const builtin = ((id: string) => process.getBuiltinModule(id)) as NodeJS.Process['getBuiltinModule'];
  const fs = builtin('node:fs');
  const path = builtin('node:path');
  const join = (...parts: readonly string[]): string => path.join(...parts);
  const outcomes: Record<string, string> = {};
  const attempt = async (name: string, act: () => unknown): Promise<void> => {
    try {
      await act();
      outcomes[name] = 'done';
    } catch (error) {
      outcomes[name] = String((error as { code?: unknown }).code ?? error);
    }
  };
  const outside = Object.values(targets.outside)[0] ?? '';

  await attempt('may: write its own folder', () => fs.writeFileSync(join(targets.own, 'mine.txt'), 'x'));
  await attempt('may: write definitions', () => fs.writeFileSync(join(targets.flows, '.mine'), 'x'));
  await attempt('may: signal itself', () => process.kill(process.pid, 0));

  for (const [name, folder] of Object.entries(targets.outside)) {
    // What a runtime is made of it has to read.
    if (name !== 'sources')
      await attempt(`${name}: read`, () => fs.readdirSync(folder).map((file) => fs.readFileSync(join(folder, file))));
    await attempt(`${name}: write`, () => fs.writeFileSync(join(folder, 'evil.txt'), 'x'));
    await attempt(`${name}: write by promise`, () => fs.promises.writeFile(join(folder, 'evil.txt'), 'x'));
    await attempt(`${name}: write by bytes of the path`, () =>
      fs.writeFileSync(Buffer.from(join(folder, 'evil.txt')), 'x'),
    );
    await attempt(`${name}: append`, () => fs.appendFileSync(join(folder, 'kept.txt'), 'x'));
    await attempt(`${name}: rename into`, () => {
      fs.writeFileSync(join(targets.own, 'moved.txt'), 'x');
      fs.renameSync(join(targets.own, 'moved.txt'), join(folder, 'moved.txt'));
    });
    await attempt(`${name}: worker without options`, () =>
      worker(`require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'worker.txt'))}, 'x')`, { execArgv: [] }),
    );
  }
  await attempt('symbolic link', () => {
    fs.rmSync(join(targets.own, 'link'), { force: true });
    fs.symlinkSync(outside, join(targets.own, 'link'));
    fs.writeFileSync(join(targets.own, 'link', 'linked.txt'), 'x');
  });
  await attempt('hard link', () => fs.linkSync(join(outside, 'kept.txt'), join(targets.own, 'hard.txt')));
  await attempt('change mode', () => fs.chmodSync(join(outside, 'kept.txt'), 0o666));

  const write = (name: string): string =>
    `require('node:fs').writeFileSync(${JSON.stringify(join(outside, name))}, 'x')`;
  const bare = { env: {} } as const;
  await attempt('child process: exec', () => builtin('node:child_process').execSync(`touch ${outside}/exec.txt`));
  await attempt('child process: through the main module', () => {
    const main = process.mainModule ?? { require: builtin };
    const { spawnSync } = main.require('child_process') as typeof Processes;
    const { error } = spawnSync(process.execPath, ['-e', write('spawn.txt')]);
    if (error) throw error;
  });
  await attempt('child process: fork', () => {
    builtin('node:child_process')
      .fork(join(targets.own, 'none.js'), { stdio: 'ignore' })
      .on('error', () => undefined);
  });
  await attempt('child process: by its class', () => {
    const { ChildProcess } = builtin('node:child_process');
    const child = new ChildProcess() as unknown as { spawn(options: object): number };
    const code = child.spawn({ file: process.execPath, args: ['node', '--version'], stdio: 'ignore' });
    if (code !== 0) throw new Error(String(code));
  });
  await attempt('worker: without environment', () => worker(write('env.txt'), bare));
  await attempt('worker: imported', async () => {
    const { Worker } = await imported<typeof Threads>('node:worker_threads');
    await ended(new Worker(write('import.txt'), { eval: true, execArgv: [] }));
  });
  await attempt('worker: by a required one', async () => {
    const { Worker } = builtin('node:module').createRequire(join(targets.own, 'x.js'))(
      'worker_threads',
    ) as typeof Threads;
    await ended(new Worker(write('required.txt'), { eval: true, execArgv: [] }));
  });
  await attempt('remains: SQLite opens files', () => {
    const { DatabaseSync } = builtin('node:sqlite');
    new DatabaseSync(join(outside, 'sqlite.db')).exec('CREATE TABLE remains (x)');
  });
  await attempt('worker: of the loader', () => {
    const text = `import { writeFileSync } from 'node:fs'; export function initialize() { writeFileSync(${JSON.stringify(join(outside, 'loader.txt'))}, 'x'); }`;
    builtin('node:module').register(`data:text/javascript,${encodeURIComponent(text)}`);
  });
  await attempt('process.binding: fs', () => void (process as unknown as Bindings).binding('fs'));
  await attempt('process.binding: spawn_sync', () => void (process as unknown as Bindings).binding('spawn_sync'));
  await attempt('addon', () => {
    const addon = join(targets.own, 'none.node');
    fs.writeFileSync(addon, '');
    try {
      process.dlopen({ exports: {} }, addon);
    } catch (error) {
      // An empty file is no addon; what matters is whether it was looked at.
      if ((error as { code?: string }).code !== 'ERR_DLOPEN_FAILED') throw error;
    }
  });
  await attempt('inspector', () => {
    const session = new (builtin('node:inspector').Session)();
    session.connect();
    session.disconnect();
  });
  await attempt('flags of V8', () => builtin('node:v8').setFlagsFromString(`--trace-turbo-path=${outside}`));
  await attempt('report', () => {
    const file = join(outside, 'report.json');
    if (process.report.writeReport(file) !== file) throw new Error('no report');
  });
  await attempt('heap snapshot', () => builtin('node:v8').writeHeapSnapshot(join(outside, 'heap')));
  await attempt('wider permissions', () => {
    const { permission } = process as { permission?: { has(scope: string): boolean } };
    if (permission && !permission.has('worker')) throw new Error('none');
  });
  const { debugged, killed } = targets.bystanders;
  await attempt('signal: debugger of another process', () =>
    (process as unknown as { _debugProcess(pid: number): void })._debugProcess(debugged),
  );
  await attempt('signal: end another process', () => process.kill(killed, 'SIGKILL'));
  await attempt('signal: by a number that changes', () => {
    const own = process.pid;
    let looks = 0;
    const pid = { valueOf: () => (looks++ === 0 ? own : killed) } as unknown as number;
    process.kill(pid, 'SIGKILL');
  });
  await attempt('signal: as another process', () => {
    const own = process.pid;
    Object.defineProperty(process, 'pid', { value: killed, configurable: true, writable: true });
    try {
      process.kill(killed, 'SIGKILL');
    } finally {
      Object.defineProperty(process, 'pid', { value: own, configurable: true, writable: true });
    }
  });

  fs.writeFileSync(join(targets.own, 'outcomes.new'), JSON.stringify(outcomes));
  fs.renameSync(join(targets.own, 'outcomes.new'), join(targets.own, 'outcomes.json'));

  interface Bindings {
    binding(name: string): unknown;
  }
  function imported<T>(name: string): Promise<T> {
    const { Script, constants } = builtin('node:vm');
    const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
    const script = new Script(`import(${JSON.stringify(name)})`, { importModuleDynamically });
    return script.runInThisContext() as Promise<T>;
  }
  function worker(text: string, options: object): Promise<void> {
    return ended(new (builtin('node:worker_threads').Worker)(text, { eval: true, ...options }));
  }
  function ended(one: Threads.Worker): Promise<void> {
    return new Promise((resolve, reject) => {
      one.once('error', reject);
      one.once('exit', () => resolve());
    });
  }
};
