import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, it } from 'mocha';
import { createLog, defineErrors, errorName, type LogFields } from '../../engine/index.ts';
import { skipBecause } from '../kit/requires.ts';

const lines = (write: (log: ReturnType<typeof createLog>) => void): Record<string, unknown>[] => {
  const out: string[] = [];
  write(createLog('info', { write: (line: string) => void out.push(line) }));
  return out.map((line) => JSON.parse(line) as Record<string, unknown>);
};

describe('the log', () => {
  it('writes the sentence and the listed fields', () => {
    const [line] = lines((log) =>
      log.with({ part: 'intake' }).info('frame accepted', { feed: 'hospital', port: 2575, release: 7 }),
    );
    assert.equal(line?.['text'], 'frame accepted');
    assert.equal(line?.['part'], 'intake');
    assert.equal(line?.['port'], 2575);
    assert.equal(line?.['release'], 7);
  });

  it('drops fields that are not listed, and values that are no plain text or number', () => {
    const smuggled = { payload: 'PID|1||4711', feed: { name: 'x' } } as unknown as LogFields;
    const [line] = lines((log) => log.warn('odd', smuggled));
    assert.deepEqual(Object.keys(line ?? {}).toSorted(), ['level', 'text', 'time']);
  });

  it('says of an error its code or class, never its text', () => {
    const errors = defineErrors({ 'a-code': { class: 'permanent', text: 'about {thing}', remedy: 'none' } });
    const [first, second] = lines((log) => {
      log.error('failed', { error: new TypeError('value 4711 of patient X') });
      log.error('failed', { error: errors.create('a-code', { thing: 'a field' }) });
    });
    assert.equal(first?.['error'], 'TypeError');
    assert.equal(second?.['error'], 'a-code');
    assert.equal(errorName(Object.assign(new Error('x'), { code: 'ECONNREFUSED' })), 'ECONNREFUSED');
  });
});

describe('a process whose log takes no line', () => {
  it('goes on', function () {
    if (!existsSync('/dev/full')) skipBecause(this, '/dev/full', 'only on Linux');
    const full = openSync('/dev/full', 'w');
    const log = pathToFileURL(resolve(import.meta.dirname, '../../engine/base/log.ts')).href;
    const script = `const { createLog } = await import('${log}');
      const log = createLog();
      for (let i = 0; i < 20000; i++) log.error('Nothing of this fits.');
      setTimeout(() => { log.error('Nor this.'); console.log('still here'); }, 10);`;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', full] });
    closeSync(full);
    assert.equal(run.stdout.toString(), 'still here\n');
    assert.equal(run.status, 0);
  });
});

describe('the error catalogue', () => {
  it('fills the details into text and remedy and keeps class and code', () => {
    const errors = defineErrors({
      'port-taken': { class: 'permanent', text: 'Port {port} is taken', remedy: 'Stop what uses {port}' },
    });
    const error = errors.create('port-taken', { port: 2575 });
    assert.equal(error.message, 'Port 2575 is taken');
    assert.equal(error.remedy, 'Stop what uses 2575');
    assert.equal(error.failureClass, 'permanent');
    assert.equal(error.code, 'port-taken');
  });
});
