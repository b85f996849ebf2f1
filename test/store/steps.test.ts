import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { TraceStep } from '../../engine/index.ts';
import { pack } from '../../engine/store/sqlite/packed.ts';
import { stepsFrom, stepsText } from '../../engine/store/sqlite/steps.ts';

const step = (more: Partial<TraceStep> = {}): TraceStep => ({
  branch: '1',
  parent: null,
  node: { id: 'choose', type: 'switch', name: 'Which?' },
  at: 1000,
  ms: 2,
  outcome: 'passed',
  to: [],
  ...more,
});
const none = (): string => assert.fail('no term is asked for');

describe('the steps of a trace in the SQLite store', () => {
  it('come back with the output that each delivery left by', () => {
    const steps = [
      step({
        to: [
          { node: 'end', port: 3 },
          { node: 'caught', port: null },
        ],
      }),
      step({ branch: '2', parent: '1', node: { id: 'end', type: 'message done', name: '' }, at: 1004 }),
    ];
    assert.deepEqual(stepsFrom({ trail: pack(Buffer.from(stepsText(steps))), steps: null }, none), steps);
  });

  it('are read from what earlier versions kept, without outputs', () => {
    const expected = [step({ to: [{ node: 'end', port: null }] })];
    const node = ['choose', 'switch', 'Which?'];
    const trail = pack(Buffer.from(JSON.stringify([[node, ['end']], [['1', null, 0, 1000, 2, 0, [1]]]])));
    assert.deepEqual(stepsFrom({ trail, steps: null }, none), expected);
    const terms = ['', JSON.stringify(node), 'end'];
    const numbered = JSON.stringify([['1', null, 1, 1000, 2, 0, [2]]]);
    assert.deepEqual(
      stepsFrom({ trail: null, steps: numbered }, (id) => terms[id] ?? ''),
      expected,
    );
    const whole = JSON.stringify([{ ...step(), to: ['end'] }]);
    assert.deepEqual(stepsFrom({ trail: null, steps: whole }, none), expected);
  });
});
