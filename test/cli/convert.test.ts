/** `wardflow convert`: without a runtime, without a network. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { packageRoot, readConfig } from '../../engine/index.ts';
import { runCli } from '../../cli/run.ts';

const ROOT = packageRoot();
const SECRET = 'Zwiebelfisch';
const admission = (control: string, more = ''): string =>
  [
    `MSH|^~\\&|ADT|NORTH|WARDFLOW|HOSP|20260105081500||ADT^A01|${control}|P|2.5.1`,
    `PID|1||4711^^^NORTH^MR||${SECRET}^ALEX||19800105|${more === '' ? 'F' : more}`,
    'PV1|1|I|4W^12^A^NORTH|||||||||||||||||||||||||||||||||||||||||20260105080000',
    'ZBE|1',
    '',
  ].join('\r');

interface Bundle {
  readonly resourceType: string;
  readonly entry: readonly { readonly resource: { readonly resourceType: string; readonly period?: unknown } }[];
}

describe('wardflow convert', function () {
  this.timeout(60_000);
  let folder: string;
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  async function wardflow(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    let out = '';
    let err = '';
    const code = await runCli(args, {
      out: (text) => void (out += text),
      bytes: () => Promise.resolve(),
      err: (text) => void (err += text),
      config: () => readConfig({ WARDFLOW_DATA: folder }, ROOT),
      actor: () => 'cli:test',
      now: () => Date.UTC(2026, 0, 5),
      confirm: () => Promise.resolve('cannot-ask'),
      secret: () => Promise.resolve(null),
    });
    return { code, out, err };
  }
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'wardflow-convert-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('gives the bundle of a message, and nothing else', async () => {
    const { code, out, err } = await wardflow('convert', file('a01.hl7', admission('C1')));
    assert.deepEqual([code, err], [0, '']);
    const { resourceType, entry } = JSON.parse(out) as Bundle;
    assert.equal(resourceType, 'Bundle');
    assert.deepEqual(
      entry.map(({ resource }) => resource.resourceType),
      ['MessageHeader', 'Patient', 'Encounter', 'Location', 'Location'],
    );
  });

  it('reads times without a zone in the one that is given, else as dates', async () => {
    const path = file('zone.hl7', admission('C1'));
    const periodOf = async (...zone: string[]): Promise<unknown> =>
      (JSON.parse((await wardflow('convert', path, ...zone)).out) as Bundle).entry[2]?.resource.period;
    assert.deepEqual(await periodOf(), { start: '2026-01-05' });
    assert.deepEqual(await periodOf('--zone', 'Europe/Vienna'), { start: '2026-01-05T08:00:00+01:00' });
    assert.deepEqual(await periodOf('--zone=-05:00'), { start: '2026-01-05T08:00:00-05:00' });
    const { code, err } = await wardflow('convert', path, '--zone', 'Middle/Earth');
    assert.equal(code, 1);
    assert.match(err, /--zone takes a zone/);
  });

  it('reports places, never values', async () => {
    const { code, err } = await wardflow('convert', '--report', file('report.hl7', admission('C1')));
    assert.equal(code, 0);
    assert.match(err, /^Patient\[0\]\.name\[0\]\.family +PID-5\[1\]\.1/m);
    assert.match(err, /^Patient\[0\]\.gender +PID-8\[1\]\.1 +by administrative-sex/m);
    assert.match(err, /^PV1-44\[1\]\.1 +time-shortened/m);
    assert.match(err, /^ZBE\[1\] +no-mapping/m);
    assert.ok(!err.includes(SECRET));
  });

  it('converts each message of a batch, and goes on after one that is none', async () => {
    const batch =
      ['FHS|^~\\&', 'BHS|^~\\&', ''].join('\r') + admission('C1') + 'MSH\r' + admission('C2') + 'BTS|2\rFTS|1\r';
    const { code, out, err } = await wardflow('convert', '--json', file('batch.hl7', batch));
    const lines = out.trimEnd().split('\n');
    assert.equal(lines.length, 2);
    for (const line of lines) {
      const { bundle, unmapped, mapping } = JSON.parse(line) as {
        bundle: Bundle;
        unmapped: unknown[];
        mapping: { name: string };
      };
      assert.equal(bundle.entry.length, 5);
      assert.ok(unmapped.length > 0);
      assert.equal(mapping.name, 'adt');
    }
    assert.equal(code, 1);
    assert.match(err, /^message 2: /m);
  });

  it('uses the mappings of a folder, and fails for a code that quarantines its message', async () => {
    const flows = join(folder, 'flows');
    cpSync(join(ROOT, 'flows'), flows, { recursive: true });
    const map = join(flows, '_shared/maps/administrative-sex.json');
    writeFileSync(map, readFileSync(map, 'utf8').replace('"unmapped": "report"', '"unmapped": "quarantine"'));
    const path = file('unknown.hl7', admission('C1', 'Q'));
    assert.equal((await wardflow('convert', path)).code, 0);
    const { code, out } = await wardflow('convert', '--json', '--flows', flows, path);
    assert.equal(code, 1);
    const { unmapped } = JSON.parse(out) as { unmapped: { source: string; policy: string; map: string }[] };
    assert.deepEqual(
      unmapped.filter(({ policy }) => policy === 'quarantine').map(({ source, map: by }) => [source, by]),
      [['PID-8[1].1', 'administrative-sex']],
    );
  });

  it('says what is wrong with a file, a definition or an empty input', async () => {
    assert.match((await wardflow('convert', join(folder, 'nowhere.hl7'))).err, /cannot be read/);
    const unknown = await wardflow('convert', '--definition', 'nope', file('x.hl7', admission('C1')));
    assert.equal(unknown.code, 1);
    assert.match(unknown.err, /no definition nope/);
    const empty = await wardflow('convert', file('empty.hl7', ''));
    assert.equal(empty.code, 1);
    assert.notEqual(empty.err, '');
  });

  it('reads standard input', () => {
    const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'cli/main.ts'), 'convert', '-'], {
      input: admission('C1'),
      env: { ...process.env, WARDFLOW_DATA: folder },
      encoding: 'utf8',
    });
    assert.equal(status, 0);
    assert.equal((JSON.parse(stdout) as Bundle).entry.length, 5);
  });
});
