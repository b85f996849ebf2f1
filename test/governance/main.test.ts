import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';

const MAIN = resolve(import.meta.dirname, '../../governance/server/main.ts');

describe('the console as a process', () => {
  let folder: string;
  let child: ChildProcess;
  let out: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-main-'));
  });
  afterEach(async () => {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  /** Starts it and resolves with what it said with `ready`. */
  async function start(settings: Record<string, string> = {}): Promise<{ port: number; url: string }> {
    out = '';
    child = fork(MAIN, {
      execPath: process.execPath,
      silent: true,
      env: { PATH: process.env['PATH'] ?? '', WARDFLOW_DATA: folder, WARDFLOW_GOVERNANCE_PORT: '0', ...settings },
    });
    return new Promise((resolve, reject) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        out += chunk.toString();
        const ready = /^ready (\{.*\})$/m.exec(out)?.[1];
        if (ready) resolve(JSON.parse(ready) as { port: number; url: string });
      });
      child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
    });
  }
  const ended = (): Promise<number | null> => new Promise((resolve) => child.once('exit', (code) => resolve(code)));

  it('tells the first password at its first start only, and ends cleanly on SIGTERM', async () => {
    const { url } = await start();
    assert.deepEqual(await (await fetch(`${url}/health`)).json(), { status: 'up' });
    const password = /^first-login \{"username":"admin","password":"([^"]+)"\}$/m.exec(out)?.[1];
    assert.ok(password);
    const end = ended();
    child.kill('SIGTERM');
    assert.equal(await end, 0);
    const again = await start();
    assert.ok(!out.includes('first-login'));
    const login = await fetch(`${again.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'wardflow-console': '1' },
      body: JSON.stringify({ username: 'admin', password }),
    });
    assert.equal(login.status, 200);
  });

  it('ends with the process that started it', async () => {
    await start();
    const end = ended();
    child.disconnect();
    assert.equal(await end, 0);
  });

  it('says in one sentence that its port is taken, and ends with 1', async () => {
    const { port } = await start();
    const first = child;
    let text = '';
    const second = fork(MAIN, {
      execPath: process.execPath,
      silent: true,
      env: { WARDFLOW_DATA: folder, WARDFLOW_GOVERNANCE_PORT: String(port), WARDFLOW_LOG_LEVEL: 'silent' },
    });
    second.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const code = await new Promise((resolve) => second.once('close', resolve));
    assert.equal(code, 1);
    assert.match(text, new RegExp(`^Port ${port} for the console is taken\\. .*WARDFLOW_GOVERNANCE_PORT.*\\n$`));
    child = first;
  });
});
