import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { createLog } from '../../engine/index.ts';
import { createLogHandler } from '../../runtime/log-handler.ts';
import { muteConsole } from '../../runtime/mute-console.ts';

describe("Node-RED's log", () => {
  let lines: string[] = [];
  let running = false;
  const log = createLog('debug', { write: (line: string) => void lines.push(line) });
  const write = createLogHandler(log, () => running);
  beforeEach(() => {
    lines = [];
    running = false;
  });
  const entries = (): Record<string, unknown>[] => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

  it('is shown as it is until flows run', () => {
    write({ level: 40, msg: 'Starting flows' });
    write({ level: 30, msg: 'a setting\n is deprecated' });
    assert.deepEqual(
      entries().map(({ level, text }) => [level, text]),
      [
        [20, 'Starting flows'],
        [40, 'a setting is deprecated'],
      ],
    );
  });

  it('says of a node which one it was, never what it wrote', () => {
    for (const now of [false, true]) {
      running = now;
      write({ level: 20, id: 'n1', type: 'function', msg: 'cannot read DOE^JANE' });
      write({ level: 20, id: 'n1', type: 'function', msg: new RangeError('cannot read DOE^JANE') });
      write({ level: 40, id: 'n1', type: 'function', msg: 'DOE^JANE' });
      write({ level: 99, id: 'n1', msg: 'DOE^JANE' });
    }
    assert.ok(!lines.join('').includes('DOE'));
    const [first, second] = entries();
    assert.deepEqual([first?.['node'], first?.['nodeType'], second?.['error']], ['n1', 'function', 'RangeError']);
    assert.equal(lines.length, 4);
  });

  it('is kept to fixed sentences once flows run', () => {
    running = true;
    write({ level: 20, msg: 'Uncaught Exception: DOE^JANE' });
    write({ level: 40, msg: 'DOE^JANE' });
    assert.deepEqual(
      entries().map(({ text }) => text),
      ['Node-RED reported an error.'],
    );
  });

  it('hears that something wrote to the console, not what', () => {
    const target: Partial<Record<string, (...what: unknown[]) => void>> = {};
    muteConsole(log, target);
    for (let i = 0; i < 50; i++) target['log']?.('DOE^JANE', new Error('DOE^JANE'));
    assert.equal(lines.length, 1);
    assert.ok(!lines.join('').includes('DOE'));
  });
});
