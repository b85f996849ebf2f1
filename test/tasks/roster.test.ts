import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createRoster, type RosterEntry } from '../../engine/people/roster.ts';

const HOUR = 3_600_000;
const entry = (role: string, unit: string | null, person: string, hours?: readonly [number, number]): RosterEntry => ({
  role,
  unit,
  person,
  from: hours ? hours[0] * HOUR : null,
  to: hours ? hours[1] * HOUR : null,
});

describe('a roster', () => {
  const roster = createRoster([
    entry('charge nurse', '4b', 'ana', [8, 16]),
    entry('charge nurse', '4b', 'bert', [16, 24]),
    entry('charge nurse', '4b', 'carl', [15, 17]),
    entry('charge nurse', null, 'site'),
    entry('doctor on call', null, 'dora'),
    entry('doctor on call', null, 'dora'),
  ]);

  it('says who covers a role in a unit, from the first moment of a shift until the next begins', () => {
    const at = (hour: number): readonly string[] => roster.covering('charge nurse', '4b', hour * HOUR);
    assert.deepEqual([8, 15.5, 16, 23.99].map(at), [['ana'], ['ana', 'carl'], ['bert', 'carl'], ['bert']]);
  });

  it('falls back to who covers all units, where nobody of the unit does', () => {
    assert.deepEqual(roster.covering('charge nurse', '4b', 3 * HOUR), ['site']);
    assert.deepEqual(roster.covering('charge nurse', '7a', 9 * HOUR), ['site']);
    assert.deepEqual(roster.covering('charge nurse', null, 9 * HOUR), ['site']);
    assert.deepEqual(roster.covering('doctor on call', '4b', 0), ['dora'], 'once, though twice in the file');
    assert.deepEqual(roster.covering('porter', '4b', 0), []);
  });

  it('says what somebody covers, and when that changes next', () => {
    assert.deepEqual(roster.rolesOf('carl', 16 * HOUR), [{ role: 'charge nurse', unit: '4b' }]);
    assert.deepEqual(roster.rolesOf('carl', 17 * HOUR), []);
    const changes = [0, 8, 15.5, 17, 24].map((hour) => roster.changesAfter(hour * HOUR));
    assert.deepEqual(changes, [8 * HOUR, 15 * HOUR, 16 * HOUR, 24 * HOUR, null]);
  });
});
