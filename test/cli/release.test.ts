/** Promote, go back and break glass on the command line, over a fake runtime and a real folder of releases. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { ensureServiceToken, packageRoot, readConfig, serviceTokenPath, writeRunInfo } from '../../engine/index.ts';
import { runCli } from '../../cli/run.ts';
import { fromBase64 } from '../../governance/bundle/base64.ts';
import { writeBundle, type Bundle } from '../../governance/bundle/index.ts';
import { wrapKey } from '../../governance/bundle/key-file.ts';
import { openAuditTrail } from '../../governance/server/local-audit.ts';
import { NOW, type Person } from '../governance/bundle/ceremony.ts';
import { change, HOUR, testEnvironment, unapproved, type TestEnvironment } from '../governance/release/environment.ts';
import { startFakeReleaseRuntime, type FakeReleaseRuntime } from '../kit/fake-release-runtime.ts';

const PASSPHRASE = 'correct horse battery staple';

describe('releases on the command line', function () {
  this.timeout(180_000);
  let env: TestEnvironment;
  let runtime: FakeReleaseRuntime;
  let now: number;
  beforeEach(async () => {
    now = NOW;
    env = await testEnvironment();
    const token = await ensureServiceToken(env.data, 'production');
    runtime = await startFakeReleaseRuntime(env.data, () => now, 'production', token);
    await runs(true);
    await keyFile(env.all.otto);
  });
  afterEach(async () => {
    await runtime.stop();
    await env.remove();
  });

  const runs = (here: boolean): Promise<void> =>
    writeRunInfo(env.data, {
      format: 1,
      version: '0.1.0',
      startedAt: NOW,
      supervisor: { pid: 1 },
      demo: false,
      governance: null,
      runtimes: here
        ? {
            production: {
              pid: 2,
              port: Number(new URL(runtime.url).port),
              url: runtime.url,
              serviceTokenFile: serviceTokenPath(env.data, 'production'),
              feeds: {},
            },
          }
        : {},
      sandbox: null,
    });
  const at = (name: string): string => join(env.data, name);
  async function keyFile({ key, told }: Person): Promise<string> {
    const { subtle } = globalThis.crypto;
    const publicKey = await subtle.importKey('raw', fromBase64(told.publicKey) ?? new Uint8Array(), 'Ed25519', true, [
      'verify',
    ]);
    const file = at(`${told.person}.key.json`);
    const wrapped = await wrapKey({ privateKey: key.privateKey, publicKey }, told.person, PASSPHRASE);
    writeFileSync(file, JSON.stringify(wrapped));
    return file;
  }
  const fileOf = (bundle: Bundle, name: string): string => {
    writeFileSync(at(name), writeBundle(bundle));
    return at(name);
  };
  let asked: string[];
  async function run(args: readonly string[], answer: 'yes' | 'no' = 'yes') {
    let [out, err] = ['', ''];
    asked = [];
    const code = await runCli(args, {
      out: (text) => void (out += text),
      bytes: () => Promise.resolve(),
      err: (text) => void (err += text),
      config: () => readConfig({ WARDFLOW_DATA: env.data }, packageRoot()),
      actor: () => 'cli:otto',
      now: () => now,
      confirm(question) {
        asked.push(question);
        return Promise.resolve(answer);
      },
      secret: () => Promise.resolve(PASSPHRASE),
    });
    return { code, out, err };
  }
  async function wardflow(...args: string[]): Promise<string> {
    const { code, out, err } = await run(args);
    assert.equal(code, 0, `${err}${out}`);
    return out;
  }
  const otto = (): readonly string[] => ['--as', at('otto.key.json')];
  const audited = (): readonly string[] => {
    const { audit, close } = openAuditTrail(env.data);
    try {
      return audit.list({ order: 'oldest-first' }).map(({ type, actor }) => `${actor} ${type}`);
    } finally {
      close();
    }
  };

  it('promote shows the plan, asks, signs and has it run', async () => {
    const first = await change(env.all, null, 'first');
    const out = await wardflow('promote', fileOf(first, 'first.wfb'), ...otto(), '--drain');
    assert.match(out, /alpha {2,}restarts {2,}a -> b {2,}2 in work, which end as begun/);
    assert.match(out, /hospital {2}stays/);
    assert.match(out, /Release 1 of production is ordered by otto\.\nproduction runs it\.\n$/);
    assert.deepEqual(asked, ['Let production run this?']);
    assert.deepEqual(runtime.asked.at(-1)?.body, { sequence: 1, drain: true });
    assert.equal(runtime.asked.at(-1)?.actor, 'cli:otto');
    assert.deepEqual(audited(), ['cli:otto release.ordered']);
    const { inForce, releases } = JSON.parse(await wardflow('releases', 'list', '--json')) as {
      inForce: string;
      releases: { sequence: number; orderedBy: string; inForce: boolean }[];
    };
    assert.equal(inForce, first.hash);
    assert.deepEqual(
      releases.map(({ sequence, orderedBy, inForce: on }) => [sequence, orderedBy, on]),
      [[1, 'otto', true]],
    );
  });

  it('promote signs nothing where the person says no, or the runtime cannot', async () => {
    const first = fileOf(await change(env.all, null, 'first'), 'first.wfb');
    const no = await run(['promote', first, ...otto()], 'no');
    assert.match(no.err, /Nothing was signed/);
    runtime.plan = {
      unbound: [{ kind: 'endpoint', name: 'ehr' }],
      refusals: [{ code: 'unbound', title: 'The endpoint "ehr" is not bound.', remedy: 'Bind it.' }],
    };
    const refused = await run(['promote', first, ...otto()]);
    assert.equal(refused.code, 1);
    assert.match(refused.out, /not bound here: endpoint ehr/);
    assert.match(refused.err, /cannot run the bundle: The endpoint "ehr" is not bound\. Bind it\./);
    assert.deepEqual(asked, []);
    assert.deepEqual(await env.log(), []);
  });

  it('promote says what is missing, and refuses a key that may not order, with a record', async () => {
    const nobody = fileOf(await unapproved(env.all, null, 'nobody'), 'nobody.wfb');
    assert.match((await run(['promote', nobody, ...otto()])).err, /1 approval as clinical-governance/);
    const greta = await keyFile(env.all.greta);
    const first = fileOf(await change(env.all, null, 'first'), 'first.wfb');
    assert.match((await run(['promote', first, '--as', greta])).err, /greta has no role that may order/);
    assert.deepEqual(audited(), ['cli:otto release.refused']);
    assert.match((await run(['promote', 'first', ...otto()])).err, /lacks the file first/);
    assert.match((await run(['promote', '4711', ...otto()])).err, /no proposal|There is no/i);
  });

  it('rollback goes to what ran before, or to what is named', async () => {
    const first = await change(env.all, null, 'first');
    assert.match((await run(['rollback', ...otto(), '--reason', 'worse'])).err, /Nothing ran in production before/);
    await env.release(first);
    const second = await change(env.all, first.hash, 'second');
    await env.release(second);
    const out = await wardflow('rollback', ...otto(), '--reason', 'It told too many.');
    assert.match(out, /Release 3 of production is ordered by otto/);
    assert.equal((await env.log()).at(-1)?.bundle, first.hash);
    await wardflow('rollback', ...otto(), '--to', second.hash.slice(0, 8), '--reason', 'After all.');
    assert.equal((await env.log()).at(-1)?.bundle, second.hash);
    assert.match((await run(['rollback', ...otto(), '--to', 'e'.repeat(64), '--reason', 'x'])).err, /--to takes/);
    assert.deepEqual(audited(), ['cli:otto release.rolled-back', 'cli:otto release.rolled-back']);
    assert.match(await wardflow('releases', 'list'), /4 {2,}[0-9a-f]{12} {2,}rollback {2,}otto .*in force/);
  });

  it('rollback needs no runtime that answers', async () => {
    await env.release(await change(env.all, null, 'first'));
    await env.release(await change(env.all, (await env.log())[0]?.bundle ?? '', 'second'));
    await runtime.stop();
    const out = await wardflow('rollback', ...otto(), '--reason', 'It does not start.');
    assert.match(out, /No runtime of production answers/);
    assert.match(out, /The runtime does not answer: it runs it when it starts\.\n$/);
  });

  it('break-glass has what nobody approved run for a time', async () => {
    const first = await change(env.all, null, 'first');
    await env.release(first);
    const hurried = fileOf(await unapproved(env.all, first.hash, 'hurried'), 'hurried.wfb');
    const glass = ['break-glass', hurried, ...otto(), '--reason', 'Codes changed.', '--for'];
    assert.match((await run([...glass, 'PT9H'])).err, /Glass may be broken for PT8H at most/);
    assert.match((await run([...glass, 'two hours'])).err, /--for takes a duration/);
    const out = await wardflow(...glass, 'PT2H');
    assert.match(out, /goes back by itself at 2026-03-01T14:00:00\.000Z/);
    assert.match(asked[0] ?? '', /Nobody has to approve this/);
    const release = (await env.log()).at(-1);
    assert.equal(release?.kind === 'break-glass' && release.reason, 'Codes changed.');
    now += 3 * HOUR;
    const { inForce } = JSON.parse(await wardflow('releases', 'list', '--json')) as { inForce: string };
    assert.equal(inForce, first.hash);
  });

  it('promote says so where no runtime of the environment runs here', async () => {
    await runs(false);
    const out = await wardflow('promote', fileOf(await change(env.all, null, 'first'), 'first.wfb'), ...otto());
    assert.match(out, /No runtime of production runs from this data folder/);
    assert.match(out, /It runs when its runtime starts here, or has fetched it\.\n$/);
  });

  it('refuses everything with another beginning of trust', async () => {
    const first = fileOf(await change(env.all, null, 'first'), 'first.wfb');
    const { err } = await run(['promote', first, ...otto(), '--pin', 'a'.repeat(64)]);
    assert.match(err, /does not begin with the version that was pinned/);
  });
});
