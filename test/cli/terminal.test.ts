/** What is asked of people on a terminal, on a real one: the parts of Node.js that read it differ from those for pipes. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { packageRoot } from '../../engine/index.ts';
import { skipBecause } from '../kit/requires.ts';

const SCRIPT = '/usr/bin/script';
const PASSPHRASE = 'seven brown owls at noon';

describe('wardflow on a terminal', function () {
  this.timeout(180_000);
  let folder = '';

  before(function () {
    if (process.platform !== 'linux' || !existsSync(SCRIPT))
      skipBecause(this, 'a terminal', 'install script (util-linux)');
    folder = mkdtempSync(join(tmpdir(), 'wardflow-terminal-'));
  });
  after(() => {
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });

  /** Answers each question as it comes, once. */
  function typed(command: string, answers: readonly (readonly [question: RegExp, answer: string])[]) {
    const wardflow = `'${process.execPath}' '${join(packageRoot(), 'cli/bin.js')}' ${command}`;
    const child = spawn(SCRIPT, ['-qec', wardflow, '/dev/null'], {
      cwd: folder,
      env: { ...process.env, WARDFLOW_DATA: join(folder, 'data') },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let said = '';
    let seen = 0;
    const waiting = [...answers];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      const next = waiting[0];
      if (!next?.[0].test(said.slice(seen))) return;
      seen = said.length;
      waiting.shift();
      child.stdin.write(`${next[1]}\r`);
    });
    return new Promise<{ readonly code: number | null; readonly said: string }>((done, failed) => {
      child.on('error', failed);
      child.on('close', (code) => done({ code, said }));
    });
  }

  it('asks whether, then for the passphrase, and signs', async () => {
    const made = await typed('key create ana', [
      [/Passphrase .*: /, PASSPHRASE],
      [/same again: /, PASSPHRASE],
    ]);
    assert.equal(made.code, 0, made.said);
    assert.equal((await typed('bundle create critical-lab-result --base none', [])).code, 0);
    const file = readdirSync(folder).find((name) => name.endsWith('.wfb')) ?? '';
    const signed = await typed(`bundle sign ${file} --as ana.key.json --summary 'The first.'`, [
      [/author\? \[y\/N\] /, 'y'],
      [/Passphrase of ana: /, PASSPHRASE],
    ]);
    assert.equal(signed.code, 0, signed.said);
    assert.match(signed.said, /Signed by ana as author\./);
    assert.doesNotMatch(made.said + signed.said, /owls/, 'a passphrase is not shown');
  });
});
