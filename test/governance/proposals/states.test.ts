import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { PROPOSAL_STATES } from '../../../governance/api/proposal-contract.ts';
import { afterStep, isLiving, LIVING, PROPOSAL_STEPS } from '../../../governance/server/proposals/states.ts';

describe('the states of a proposal', () => {
  const TABLE = [
    '           sign    approve   satisfy   lapse  reject    withdraw   revise  release',
    'draft      open    -         -         -      -         withdrawn  draft   -',
    'open       -       open      approved  -      rejected  withdrawn  draft   released',
    'approved   -       approved  -         open   rejected  withdrawn  draft   released',
    'released   -       -         -         -      -         -          -       -',
    'rejected   -       -         -         -      -         -          -       -',
    'withdrawn  -       -         -         -      -         -          -       -',
  ];

  it('change as the table says, and in no other way', () => {
    const shown = PROPOSAL_STATES.map((state) =>
      [state, ...PROPOSAL_STEPS.map((step) => afterStep(state, step) ?? '-')].join(' '),
    );
    const expected = TABLE.map((row) => row.trim().replaceAll(/ +/g, ' '));
    assert.deepEqual([PROPOSAL_STEPS.join(' '), ...shown], expected);
  });

  it('end where nothing leads on', () => {
    assert.deepEqual(PROPOSAL_STATES.filter(isLiving), LIVING);
  });
});
