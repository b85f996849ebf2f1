/** `wardflow validate`: without a runtime, without a network. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { packageRoot, readConfig } from '../../engine/index.ts';
import { runCli } from '../../cli/run.ts';

const ROOT = packageRoot();
const SECRET = 'Zwiebelfisch';

describe('wardflow validate', function () {
  this.timeout(60_000);
  let folder: string;
  const file = (name: string, content: unknown): string => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  async function wardflow(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    let out = '';
    let err = '';
    const code = await runCli(args, {
      out: (text) => void (out += text),
      bytes: () => Promise.resolve(),
      err: (text) => void (err += text),
      config: () => readConfig({}, ROOT),
      actor: () => 'cli:test',
      now: () => Date.now(),
      confirm: () => Promise.resolve('cannot-ask'),
      secret: () => Promise.resolve(null),
    });
    return { code, out, err };
  }
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'wardflow-validate-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('says in words what is wrong, and exits with 1', async () => {
    const { code, out } = await wardflow(
      'validate',
      file('bad.json', { resourceType: 'Patient', gender: SECRET, x: 1 }),
    );
    assert.equal(code, 1);
    assert.match(out, /^error {2}Patient\.gender {2}The code is not of the value set/m);
    assert.match(out, /^error {2}Patient\.x +There is no such element/m);
    assert.match(out, /not valid/);
    assert.ok(!out.includes(SECRET));
  });

  it('gives an OperationOutcome to programs, and 0 for what is valid', async () => {
    const bundle = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: { resourceType: 'Patient' } }] };
    const { code, out } = await wardflow('validate', '--json', file('good.json', `\uFEFF${JSON.stringify(bundle)}`));
    assert.equal(code, 0);
    const { resourceType, issue } = JSON.parse(out) as { resourceType: string; issue: { severity: string }[] };
    assert.equal(resourceType, 'OperationOutcome');
    assert.deepEqual(
      issue.map(({ severity }) => severity),
      ['information'],
    );
  });

  it('refuses what has no resource in it without quoting it', async () => {
    for (const content of [`{"name": ${SECRET}}`, `["${SECRET}"]`, '', 'null']) {
      const { code, err } = await wardflow('validate', file('odd.json', content));
      assert.equal(code, 1);
      assert.match(err, /has no FHIR resource in it/);
      assert.ok(!err.includes(SECRET));
    }
    assert.match((await wardflow('validate', join(folder, 'none.json'))).err, /cannot be read \(ENOENT\)/);
  });

  it('reads standard input, as a process of its own', async () => {
    const { code, out } = await new Promise<{ code: number; out: string }>((done) => {
      const child = execFile(
        process.execPath,
        [join(ROOT, 'cli/bin.js'), 'validate', '-'],
        { cwd: ROOT },
        (error, stdout) => done({ code: error ? Number(error.code) : 0, out: stdout }),
      );
      child.stdin?.end('{"resourceType":"Patient","active":true}');
    });
    assert.equal(code, 0);
    assert.match(out, /^valid/);
  });
});
