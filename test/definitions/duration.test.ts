import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { durationMs } from '../../engine/definitions/duration.ts';

describe('durations', () => {
  it('are milliseconds of fixed length', () => {
    for (const [text, ms] of [
      ['PT0S', 0],
      ['PT10M', 600_000],
      ['PT90M', 5_400_000],
      ['P1DT2H3M4S', 93_784_000],
      ['P2W', 1_209_600_000],
    ] as const)
      assert.equal(durationMs(text), ms, text);
  });

  it('have no years or months, no fractions, nothing empty, nothing endless', () => {
    for (const text of [
      '',
      'P',
      'PT',
      'P1M',
      'P1Y',
      'PT1.5H',
      'P1H',
      'PT-1M',
      '10M',
      'P1DT',
      'P99999D',
      'pt1m',
      'PT1M ',
    ])
      assert.equal(durationMs(text), undefined, text);
  });
});
