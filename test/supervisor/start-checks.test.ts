import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { loadBindings, readConfig, silentLog, writeRunInfo, type RunInfo } from '../../engine/index.ts';
import { openSqliteStore } from '../../engine/store/sqlite/open.ts';
import { takeDataFolder } from '../../supervisor/data-folder.ts';
import { openLogFile } from '../../supervisor/log-file.ts';
import { findPorts } from '../../supervisor/ports.ts';
import { skipBecause } from '../kit/requires.ts';
import { stopSignals } from '../../supervisor/stop-signals.ts';

describe('before Wardflow starts', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-supervisor-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const runInfo = (pid: number): RunInfo => ({
    format: 1,
    version: '0',
    startedAt: 0,
    supervisor: { pid },
    demo: false,
    governance: null,
    runtimes: {},
    sandbox: null,
  });

  it('makes the data folder for its user only', async () => {
    assert.deepEqual(await takeDataFolder(join(folder, 'a', 'b')), { leftOver: false });
    assert.equal((await stat(join(folder, 'a', 'b'))).mode & 0o777, 0o700);
  });

  it('refuses a data folder that a living supervisor has, naming its pid', async () => {
    const living = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const pid = living.pid ?? 0;
    await writeRunInfo(folder, runInfo(pid));
    await assert.rejects(takeDataFolder(folder), (error: { code?: string; message?: string }) => {
      assert.equal(error.code, 'already-running');
      assert.match(error.message ?? '', new RegExp(`process ${pid}`));
      return true;
    });
    living.kill('SIGKILL');
    await once(living, 'exit');
  });

  it('takes a data folder whose supervisor was killed', async () => {
    await writeRunInfo(folder, runInfo(2 ** 22 + 1));
    assert.deepEqual(await takeDataFolder(folder), { leftOver: true });
  });

  it('refuses a data folder below /proc at once, where recursive mkdir would ask for ever', async function () {
    if (process.platform !== 'linux') skipBecause(this, '/proc', 'there is none on this system');
    await assert.rejects(takeDataFolder('/proc/wardflow/data'), { code: 'data-folder-refused' });
    await assert.rejects(writeRunInfo('/proc/wardflow', runInfo(1)), { code: 'data-folder-unwritable' });
    await assert.rejects(loadBindings('/proc/wardflow', readConfig({})), { code: 'data-folder-unwritable' });
    await assert.rejects(openSqliteStore({ folder: '/proc/wardflow', log: silentLog }), {
      code: 'store-folder-unwritable',
    });
  });

  it('refuses a data folder that is a file', async () => {
    await writeFile(join(folder, 'file'), '');
    await assert.rejects(takeDataFolder(join(folder, 'file')), { code: 'data-folder-refused' });
  });

  it('finds free ports for 0, none twice, and names the setting of a taken one', async () => {
    const wish = (port: number): { what: string; setting: string; port: number } => ({
      what: 'it',
      setting: 'WARDFLOW_X',
      port,
    });
    const found = await findPorts({ a: wish(0), b: wish(0), c: wish(0) });
    assert.equal(new Set(Object.values(found)).size, 3);
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await assert.rejects(findPorts({ a: wish(0), b: wish(port) }), (error: { code?: string; remedy?: string }) => {
      assert.equal(error.code, 'port-taken');
      assert.match(error.remedy ?? '', /WARDFLOW_X/);
      return true;
    });
    server.close();
    await once(server, 'close');
    assert.deepEqual(await findPorts({ b: wish(port) }), { b: port }, 'nothing is held on to');
  });

  it('turns a full log over and keeps a fixed number', async () => {
    const path = join(folder, 'logs', 'x.log');
    const log = openLogFile(path, { maxBytes: 10, keep: 2 });
    for (const line of ['one one\n', 'two two\n', 'three 3\n', 'four 44\n']) log.write(line);
    log.close();
    assert.deepEqual((await readdir(join(folder, 'logs'))).toSorted(), ['x.log', 'x.log.1', 'x.log.2']);
    assert.equal(await readFile(path, 'utf8'), 'four 44\n');
    assert.equal(await readFile(`${path}.2`, 'utf8'), 'two two\n');
    assert.equal((await stat(path)).mode & 0o777, 0o600);
  });

  it('takes a SIGINT that npm passes on for the same wish, and a later one for a second', async () => {
    const source = new EventEmitter();
    let now = 1_000;
    const signals = stopSignals(() => now, source);
    let second = false;
    void signals.second.then(() => (second = true));
    source.emit('SIGINT', 'SIGINT');
    assert.equal(await signals.first, 'SIGINT');
    now += 50;
    source.emit('SIGINT', 'SIGINT');
    await Promise.resolve();
    assert.equal(second, false);
    now += 2_000;
    source.emit('SIGINT', 'SIGINT');
    await signals.second;
    signals.release();
    assert.equal(source.listenerCount('SIGINT'), 0);
  });
});
