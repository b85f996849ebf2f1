/** The way of a bundle on the command line, from keys to an order, without anything running. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { packageRoot, readConfig } from '../../engine/index.ts';
import { runCli } from '../../cli/run.ts';
import { skipBecause } from '../kit/requires.ts';

const ROOT = packageRoot();
const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const DAY = 86_400_000;
const PASSPHRASE = 'correct horse battery staple';

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe('bundles on the command line', function () {
  this.timeout(180_000);
  let folder: string;
  let now = NOW;
  const file = (name: string): string => join(folder, name);

  async function run(
    args: readonly string[],
    {
      secrets = [PASSPHRASE, PASSPHRASE],
      answer = 'yes',
    }: { secrets?: readonly (string | null)[]; answer?: 'yes' | 'no' | 'cannot-ask' } = {},
  ): Promise<Ended> {
    let [out, err] = ['', ''];
    const left = [...secrets];
    const code = await runCli(args, {
      out: (text) => void (out += text),
      bytes: (chunk) => Promise.resolve(void (out += Buffer.from(chunk).toString())),
      err: (text) => void (err += text),
      config: () => readConfig({ WARDFLOW_DATA: file('data'), WARDFLOW_FLOWS: file('flows') }, ROOT),
      actor: () => 'cli:test',
      now: () => now,
      confirm: () => Promise.resolve(answer),
      secret: () => Promise.resolve(left.shift() ?? null),
    });
    return { code, out, err };
  }
  async function wardflow(...args: string[]): Promise<string> {
    const { code, out, err } = await run(args);
    assert.equal(code, 0, `${args.join(' ')}: ${err}${out}`);
    return out;
  }
  /** Fails with this sentence. */
  async function refused(
    sentence: RegExp,
    args: readonly string[],
    more: Parameters<typeof run>[1] = {},
  ): Promise<void> {
    const { code, out, err } = await run(args, more);
    assert.equal(code, 1, `${args.join(' ')} went through: ${out}`);
    assert.match(`${err}${out}`, sentence);
  }
  const as = (name: string): readonly string[] => ['--as', file(`${name}.key.json`)];
  const hashIn = (text: string): string => /[0-9a-f]{64}/.exec(text)?.[0] ?? assert.fail(`no hash in ${text}`);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wardflow-bundle-'));
    cpSync(join(ROOT, 'flows'), file('flows'), { recursive: true });
    for (const name of ['ana', 'greta', 'emil', 'otto', 'mallory'])
      await wardflow('key', 'create', name, '--out', file(`${name}.key.json`));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const ceremony = (...more: string[]): readonly string[] => [
    'trust',
    'init',
    ...as('ana'),
    '--key',
    `${file('ana.public.json')}=analyst`,
    '--key',
    `${file('greta.public.json')}=clinical-governance`,
    '--key',
    `${file('emil.key.json')}=engineer`,
    '--key',
    `${file('otto.public.json')}=operator`,
    ...more,
  ];
  let first: string;
  let pin: string;

  it('makes keys that only their holder can open', async () => {
    assert.equal(statSync(file('ana.key.json')).mode & 0o777, 0o600);
    const told = JSON.parse(readFileSync(file('ana.public.json'), 'utf8')) as object;
    assert.deepEqual(Object.keys(told).toSorted(), ['format', 'id', 'kind', 'person', 'publicKey']);
    await refused(/exists already/, ['key', 'create', 'ana', '--out', file('ana.key.json')]);
    const other = ['key', 'create', 'nils', '--out', file('nils.key.json')];
    await refused(/on a terminal, and there is none/, other, { secrets: [null] });
    await refused(/passphrases differ/, other, { secrets: [PASSPHRASE, 'something else here'] });
    await refused(/fewer than 12/, other, { secrets: ['short', 'short'] });
    await refused(/account name/, ['key', 'create', '../nils']);
    assert.ok(!existsSync(file('nils.key.json')));
  });

  it('begins with a ceremony, once', async () => {
    await refused(/no trust store/, ['trust', 'show']);
    await refused(/Nothing was signed/, ceremony(), { answer: 'no' });
    await refused(/nobody could approve/, [
      'trust',
      'init',
      ...as('ana'),
      '--key',
      `${file('ana.public.json')}=engineer`,
    ]);
    await refused(/passphrase is not right/, ceremony(), { secrets: ['another passphrase'] });
    pin = hashIn(/hash: (.*)/.exec(await wardflow(...ceremony()))?.[1] ?? '');
    await refused(/a trust store in .* already/, ceremony());
    const shown = await wardflow('trust', 'show');
    assert.match(shown, /greta +clinical-governance +2026-03-01 by ana +-/);
    assert.ok(shown.includes(pin));
  });

  it('makes one bundle of definitions, the same each time', async () => {
    const out = await wardflow('bundle', 'create', 'critical-lab-result', '--base', 'none', '-o', folder);
    first = out.split('\n')[0] ?? '';
    assert.match(first, /critical-lab-result-[0-9a-f]{12}\.wfb$/);
    const again = await wardflow('bundle', 'create', 'critical-lab-result', '--base', 'none', '-o', file('again.wfb'));
    assert.equal(hashIn(again.split('\n')[1] ?? ''), hashIn(out.split('\n')[1] ?? ''));
    assert.deepEqual(readFileSync(file('again.wfb')), readFileSync(first));
    await refused(/no definition nothing/, ['bundle', 'create', 'nothing', '--base', 'none', '-o', folder]);
    await refused(/a \.wfb file, a hash/, ['bundle', 'create', '--base', 'main', '-o', folder]);
    const { manifest, risk } = JSON.parse(await wardflow('bundle', 'inspect', first, '--json')) as {
      risk: string;
      manifest: { modules: Record<string, string>; definitions: { name: string }[] };
    };
    assert.deepEqual(
      [risk, manifest.definitions.map(({ name }) => name)],
      ['critical', ['_shared', 'critical-lab-result']],
    );
    const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules/node-red/package.json'), 'utf8')) as {
      version: string;
    };
    assert.equal(manifest.modules['node-red'], version);
    assert.ok(manifest.modules['wardflow-nodes']);
  });

  it('lets it run once its author and two others have signed', async () => {
    const approve = (name: string, role: string): readonly string[] => [
      'bundle',
      'approve',
      first,
      ...as(name),
      '--role',
      role,
    ];
    await refused(/not signed by an author/, ['bundle', 'verify', first]);
    await refused(/not signed by an author/, approve('greta', 'clinical-governance'));
    await wardflow('bundle', 'sign', first, ...as('ana'), '--summary', 'The first one.');
    await refused(/approvals-missing: 1 approval as clinical-governance and 1 approval as engineer/, [
      'bundle',
      'verify',
      first,
    ]);
    await refused(/does not count/, approve('ana', 'analyst'));
    await refused(/signed as engineer/, approve('greta', 'engineer'));
    await refused(/not in the trust store/, approve('mallory', 'engineer'));
    await refused(/Nothing was signed/, approve('greta', 'clinical-governance'), { answer: 'cannot-ask' });
    await wardflow(...approve('greta', 'clinical-governance'));
    await refused(/approvals-missing: 1 approval as engineer/, ['bundle', 'verify', first]);
    await wardflow(...approve('emil', 'engineer'));
    assert.match(await wardflow('bundle', 'verify', first), /may run in production\.\nauthor {2}ana\n/);
    const verdict = JSON.parse(await wardflow('bundle', 'verify', first, '--json', '--pin', pin)) as { ok: boolean };
    assert.equal(verdict.ok, true);
    assert.match(
      await wardflow('bundle', 'inspect', first),
      /Not verified.*\n {2}author by key [0-9a-f]{12}: .*The first one/,
    );
  });

  it('refuses it elsewhere, later, changed, or with another beginning of trust', async () => {
    await refused(/does not begin with the version that was pinned/, [
      'bundle',
      'verify',
      first,
      '--pin',
      'a'.repeat(64),
    ]);
    await refused(/no trust store/, ['bundle', 'verify', first, '--environment', 'staging']);
    await refused(/is that of production, not of staging/, [
      'bundle',
      'verify',
      first,
      '--environment',
      'staging',
      '--trust',
      join(file('data'), 'trust', 'production'),
    ]);
    now = NOW + 31 * DAY;
    await refused(/approval-expired/, ['bundle', 'verify', first]);
    now = NOW;
    const bytes = readFileSync(first);
    const at = bytes.length >>> 1;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(file('changed.wfb'), bytes);
    const { code, out } = await run(['bundle', 'verify', file('changed.wfb'), '--json']);
    const { ok, reasons } = JSON.parse(out) as { ok: boolean; reasons: { code: string }[] };
    assert.deepEqual([code, ok], [1, false]);
    assert.match(reasons[0]?.code ?? '', /^bundle-/);
  });

  it('shows what a second bundle changes', async () => {
    const path = join(file('flows'), 'critical-lab-result/rules/critical-results.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"> 6.2"', '"> 6.0"'));
    await wardflow('bundle', 'create', 'critical-lab-result', '--base', first, '-o', file('second.wfb'));
    const changed = await run(['bundle', 'diff', first, file('second.wfb')]);
    assert.equal(changed.code, 1);
    assert.match(changed.out, /^critical-lab-result {2}[0-9a-f]{12} -> [0-9a-f]{12}\n/);
    assert.match(changed.out, /\n {2}\+ .*6\.2.*6\.0/);
    assert.match((await run(['bundle', 'diff', file('second.wfb'), first])).out, /not based on the first/);
    assert.match(await wardflow('bundle', 'diff', first, file('again.wfb')), /are the same/);
  });

  it('orders an environment to run it, once', async () => {
    const create = (name: string, ...more: string[]): readonly string[] => [
      'order',
      'create',
      first,
      ...as(name),
      '--previous',
      'none',
      '--sequence',
      '1',
      '--out',
      file('order.json'),
      ...more,
    ];
    await refused(/no role that may order/, create('ana'));
    await refused(/longer than P7D/, create('otto', '--expires', 'P8D'));
    await wardflow(...create('otto'));
    const verify = (last: string, running: string): readonly string[] => [
      'order',
      'verify',
      file('order.json'),
      first,
      '--running',
      running,
      '--last',
      last,
    ];
    assert.match(await wardflow(...verify('0', 'none')), /Order 1 by otto may be carried out/);
    await refused(/carried out already/, verify('1', 'none'));
    await refused(/another bundle than the one that runs/, verify('0', first));
    now = NOW + DAY;
    await refused(/has expired/, verify('0', 'none'));
    now = NOW;
    const unapproved = ['order', 'create', file('second.wfb'), ...as('otto'), '--previous', first, '--sequence', '2'];
    await refused(/not signed by an author/, [...unapproved, '--out', file('order2.json')]);
  });

  it('takes over the trust store of another host by its beginning, once', async () => {
    const store = join(file('data'), 'trust', 'production', 'trust-store.json');
    const elsewhere = ['--trust', file('elsewhere')];
    await refused(/does not begin with the version/, ['trust', 'adopt', store, ...elsewhere, '--pin', 'a'.repeat(64)]);
    const west = ['trust', 'adopt', store, ...elsewhere, '--pin', pin, '--environment', 'west'];
    await refused(/is that of production, not of west/, west);
    assert.match(await wardflow('trust', 'adopt', store, ...elsewhere, '--pin', pin), /Version \d+ of the trust store/);
    assert.match(await wardflow('trust', 'show', ...elsewhere), /greta/);
    await refused(/a trust store in .* already/, ['trust', 'adopt', store, ...elsewhere, '--pin', pin]);
  });

  it('changes whom it trusts only by those whom it trusts', async () => {
    const change = file('change.json');
    const propose = [
      'trust',
      'propose',
      ...as('otto'),
      '--add',
      `${file('mallory.public.json')}=engineer`,
      '--reason',
      'new',
    ];
    assert.match(await wardflow(...propose, '--out', change), /key [0-9a-f]{64} of mallory is new: engineer/);
    await refused(/lacks approval: 1 approval as clinical-governance and 1 approval as engineer/, [
      'trust',
      'install',
      change,
    ]);
    await refused(/not in the trust store/, ['trust', 'sign', change, ...as('mallory')]);
    await wardflow('trust', 'sign', change, ...as('greta'));
    await wardflow('trust', 'sign', change, ...as('emil'));
    const old = readFileSync(join(file('data'), 'trust/production/trust-store.json'));
    assert.match(await wardflow('trust', 'install', change), /Version 2/);
    await refused(/does not follow/, ['trust', 'install', change]);
    assert.match(await wardflow('bundle', 'verify', first, '--pin', pin), /may run/);
    writeFileSync(join(file('data'), 'trust/production/trust-store.json'), old);
    await refused(/lacks the version 2 that was pinned/, ['bundle', 'verify', first]);
    rmSync(join(file('data'), 'trust/production/pin.json'));
    await refused(/no trust store/, ['bundle', 'verify', first]);
    assert.match(await wardflow('bundle', 'verify', first, '--pin', pin), /may run/);
  });

  it('asks for passphrases on a terminal, where nobody can read them', async function () {
    if (!existsSync('/usr/bin/script')) skipBecause(this, 'script', 'install the Debian package bsdutils');
    const out = file('terminal.key.json');
    const command = `'${process.execPath}' '${join(ROOT, 'cli/main.ts')}' key create ana --out '${out}'`;
    const terminal = spawn('/usr/bin/script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
    let shown = '';
    terminal.stdout.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
      if (chunk.includes('Passphrase')) terminal.stdin.write(`${PASSPHRASE}X\u007f\r`);
      if (chunk.includes('same again')) terminal.stdin.write(`${PASSPHRASE}\r`);
    });
    const code = await new Promise((done) => terminal.once('exit', done));
    assert.equal(code, 0, shown);
    assert.ok(existsSync(out));
    assert.ok(!shown.includes('horse'), 'the passphrase was shown');
    await refused(/Nothing was signed|exists/, ['key', 'create', 'ana', '--out', out]);
  });
});
