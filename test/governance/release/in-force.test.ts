import assert from 'node:assert/strict';
import { array, assert as hold, integer, option, property } from 'fast-check';
import { describe, it } from 'mocha';
import { inForce, type Release } from '../../../governance/release/index.ts';

const STEP = 10;
const common = (sequence: number) => ({
  sequence,
  bundle: String(sequence),
  previous: null,
  person: 'otto',
  orderedAt: sequence * STEP,
  acceptedAt: sequence * STEP,
  trust: { version: 1, hash: '' },
  hash: '',
  bases: [],
  first: { acceptedAt: 0, trust: { version: 1, hash: '' } },
  ranBefore: false,
});
/** `null`: an order; a number: glass broken for so long. */
const releasesOf = (kinds: readonly (number | null)[]): readonly Release[] =>
  kinds.map((lasts, i) =>
    lasts === null
      ? { kind: 'order', ...common(i + 1) }
      : { kind: 'break-glass', ...common(i + 1), until: (i + 1) * STEP + lasts, reason: 'r' },
  );

describe('what an environment has to run', () => {
  it('is nothing where nothing was ordered', () => {
    assert.deepEqual(inForce([], 0), { bundle: null, by: null, until: null, lastSequence: 0 });
  });

  it('is nothing again when glass was broken first and the time is over', () => {
    const releases = releasesOf([5]);
    assert.equal(inForce(releases, 14).bundle, '1');
    assert.deepEqual(inForce(releases, 15), { bundle: null, by: null, until: null, lastSequence: 1 });
  });

  it('is always the newest release whose time is not over', () => {
    hold(
      property(
        array(option(integer({ min: 1, max: 80 })), { minLength: 1, maxLength: 12 }),
        integer({ min: 0, max: 100 }),
        (kinds, after) => {
          const releases = releasesOf(kinds);
          const now = kinds.length * STEP + after;
          const expected = releases.findLast((one) => one.kind === 'order' || now < one.until);
          const found = inForce(releases, now);
          assert.equal(found.bundle, expected?.bundle ?? null);
          assert.equal(found.by, expected ?? null);
          assert.equal(found.until, expected?.kind === 'break-glass' ? expected.until : null);
          assert.equal(found.lastSequence, kinds.length, 'a number is never given twice');
        },
      ),
      { seed: 20260301 },
    );
  });
});
