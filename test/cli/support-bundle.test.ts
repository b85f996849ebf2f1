import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { logLine } from '../../cli/doctor/support-bundle.ts';
import { createRedactor, findProfile } from '../../engine/index.ts';

describe('logs in a support bundle', () => {
  it('are lines of ours; of all others only that they were there', async () => {
    const redactor = createRedactor(
      await findProfile('nothing-clinical', { names: [], read: () => Promise.reject(new Error()) }),
    );
    const of = (line: unknown): string =>
      JSON.stringify(logLine(typeof line === 'string' ? line : JSON.stringify(line), redactor));
    const ours = {
      level: 40,
      time: '2026-01-05T08:00:00.000Z',
      part: 'store',
      text: 'The store is slow.',
      code: 'store-slow',
    };
    assert.deepEqual(JSON.parse(of(ours)), ours);
    for (const hostile of [
      'Error: marker of a patient',
      '"marker"',
      ['marker'],
      { ...ours, part: 'node-red', text: 'marker' },
      { ...ours, msg: 'marker', marker: 1 },
      { ...ours, node: 'marker', actor: 'marker', path: '/marker', code: 'a marker' },
    ])
      assert.equal(of(hostile).includes('marker'), false);
  });
});
