import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { headsFile, headsFolder } from '../../governance/audit/heads/head-key.ts';
import { runtimeFlags } from '../../supervisor/runtime-flags.ts';

const ROOT = resolve(import.meta.dirname, '../..');

describe("a runtime's flags", () => {
  let base = '';
  beforeEach(() => {
    base = realpathSync(mkdtempSync(join(tmpdir(), 'wardflow-flags-')));
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  /** What a process with these flags says when it tries to write `file`: `written`, or the code. */
  const writing = (flags: readonly string[], file: string): string => {
    const text = `try { require('node:fs').writeFileSync(${JSON.stringify(file)}, 'x'); console.log('written') } catch (e) { console.log(e.code) }`;
    const { stdout, stderr } = spawnSync(process.execPath, [...flags, '-e', text], { encoding: 'utf8', cwd: base });
    // Node says of every comma that it separates nothing.
    if (!file.includes(',')) assert.equal(stderr, '');
    return stdout.trim();
  };

  it('let it write below its own folder, whatever that is called, and not beside it', () => {
    for (const name of ['plain', 'with space', 'com,ma', '-dash', 'quote"s', 'ünïcode']) {
      const dataFolder = join(base, name);
      const flags = runtimeFlags({ environment: 'production', dataFolder, flowsFolder: join(base, 'flows') });
      assert.equal(writing(flags, join(dataFolder, 'production', 'a')), 'written', name);
      mkdirSync(join(dataFolder, 'production-2'));
      assert.equal(writing(flags, join(dataFolder, 'production-2', 'a')), 'ERR_ACCESS_DENIED', name);
      assert.equal(writing(flags, join(dataFolder, 'run.json')), 'ERR_ACCESS_DENIED', name);
    }
  });

  it('let production read what it was ordered to run and by whom, also where that is not there yet, and no definitions', () => {
    const [dataFolder, flowsFolder] = [join(base, 'data'), join(base, 'flows')];
    const flags = runtimeFlags({ environment: 'production', dataFolder, flowsFolder });
    const reading = (path: string): string => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, 'x');
      const text = `try { require('node:fs').readFileSync(${JSON.stringify(path)}); console.log('read') } catch (e) { console.log(e.code) }`;
      return spawnSync(process.execPath, [...flags, '-e', text], { encoding: 'utf8', cwd: base }).stdout.trim();
    };
    const found = [
      'trust/production/pin.json',
      'releases/production/log/1.json',
      'trust/staging/pin.json',
      'accounts.db',
    ];
    assert.deepEqual(
      found.map((path) => reading(join(dataFolder, path))),
      ['read', 'read', 'ERR_ACCESS_DENIED', 'ERR_ACCESS_DENIED'],
    );
    assert.equal(reading(join(flowsFolder, 'alpha', 'flow.json')), 'ERR_ACCESS_DENIED');
    for (const path of found.slice(0, 2))
      assert.equal(writing(flags, join(dataFolder, path)), 'ERR_ACCESS_DENIED', path);
  });

  it('let no environment read the key of the audit heads, nor write beside it', () => {
    const dataFolder = join(base, 'data');
    const heads = headsFolder(dataFolder);
    mkdirSync(heads, { recursive: true });
    const key = join(heads, 'signing-key.json');
    writeFileSync(key, 'x');
    for (const environment of ['staging', 'production']) {
      const flags = runtimeFlags({ environment, dataFolder, flowsFolder: join(base, 'flows') });
      const text = `try { require('node:fs').readFileSync(${JSON.stringify(key)}); console.log('read') } catch (e) { console.log(e.code) }`;
      const { stdout } = spawnSync(process.execPath, [...flags, '-e', text], { encoding: 'utf8', cwd: base });
      assert.equal(stdout.trim(), 'ERR_ACCESS_DENIED', environment);
      for (const file of [key, headsFile(heads), join(heads, 'other')])
        assert.equal(writing(flags, file), 'ERR_ACCESS_DENIED', environment);
    }
  });

  it('follow a data folder that is a symbolic link, by either name', () => {
    mkdirSync(join(base, 'disk'));
    symlinkSync(join(base, 'disk'), join(base, 'data'));
    const flags = runtimeFlags({
      environment: 'staging',
      dataFolder: join(base, 'data'),
      flowsFolder: join(base, 'flows'),
    });
    assert.equal(writing(flags, join(base, 'data/staging/a')), 'written');
    assert.equal(writing(flags, join(base, 'disk/staging/a')), 'written');
    assert.equal(writing(flags, join(base, 'disk/a')), 'ERR_ACCESS_DENIED');
  });

  it('let staging write the definitions, also where their folder is not there yet, and nobody else', () => {
    for (const [environment, answer] of [
      ['staging', 'written'],
      ['production', 'ERR_ACCESS_DENIED'],
    ] as const) {
      const flowsFolder = join(base, environment, 'flows');
      const flags = runtimeFlags({ environment, dataFolder: join(base, 'data'), flowsFolder });
      mkdirSync(flowsFolder, { recursive: true });
      assert.equal(writing(flags, join(flowsFolder, 'a')), answer);
    }
  });

  it('allow neither child processes nor addons nor the inspector, and workers for the engine only', () => {
    const flags = runtimeFlags({ environment: 'staging', dataFolder: base, flowsFolder: join(base, 'flows') });
    const allowed = flags.filter((flag) => flag.startsWith('--allow-')).map((flag) => flag.split('=')[0]);
    assert.deepEqual([...new Set(allowed)], ['--allow-worker', '--allow-fs-read', '--allow-fs-write']);
    assert.ok(flags.includes('--permission'));
  });

  it('do not come about where they would allow what they are there to prevent', () => {
    const flags = (dataFolder: string, flowsFolder: string) => () =>
      runtimeFlags({ environment: 'staging', dataFolder, flowsFolder });
    const voided = { code: 'confinement-void' };
    assert.throws(flags(join(base, 'data'), base), voided);
    assert.throws(flags(join(base, 'data'), join(base, 'data')), voided);
    symlinkSync(base, join(base, 'link'));
    assert.throws(flags(join(base, 'data'), join(base, 'link')), voided);
    assert.throws(flags(join(base, 'data'), ROOT), voided);
    assert.throws(flags(join(base, 'sta*r'), join(base, 'flows')), { code: 'path-not-confinable' });
    assert.doesNotThrow(flags(join(base, 'data'), join(base, 'data', 'flows')));
  });

  it('do not let the data folder of a checkout be read with the code around it', () => {
    const flags = runtimeFlags({
      environment: 'staging',
      dataFolder: join(base, 'data'),
      flowsFolder: join(base, 'flows'),
    });
    const reads = flags.filter((flag) => flag.startsWith('--allow-fs-read=')).map((flag) => flag.split('=')[1] ?? '');
    assert.equal(reads.includes(ROOT), false);
    assert.ok(reads.includes(join(ROOT, 'engine')));
  });
});
