import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  ALL_PERMISSIONS,
  allows,
  covers,
  LIMITABLE_ROLES,
  permissionsOf,
  REACH,
  ROLES,
  scopeFor,
  type Limits,
} from '../../governance/api/permissions.ts';

const LAB: Limits = { operator: { definitions: ['discharge-follow-up'], serviceLines: ['Laboratory'] } };

describe('roles limited to definitions and service lines', () => {
  it('count there and nowhere else', () => {
    const scope = scopeFor(['operator'], LAB, 'message:redrive');
    assert.ok(covers(scope, { definition: 'discharge-follow-up' }));
    assert.ok(covers(scope, { definition: 'new-one', serviceLine: 'Laboratory' }));
    assert.ok(covers(scope, { serviceLine: ' laboratory' }), 'capitals and blanks do not matter');
    assert.ok(!covers(scope, { definition: 'discharge', serviceLine: 'Radiology' }));
    assert.ok(!covers(scope, { definition: 'Laboratory' }), 'a definition is no service line');
    assert.ok(!covers(scope, { serviceLine: 'discharge-follow-up' }), 'nor the other way round');
    assert.ok(!covers(scope, {}), 'what belongs to no definition is of none of theirs');
  });

  it('do not narrow another role that is not limited', () => {
    assert.equal(scopeFor(['operator', 'coordinator'], LAB, 'message:list'), 'all');
    assert.notEqual(scopeFor(['operator', 'coordinator'], LAB, 'message:redrive'), 'all');
  });

  it('are put together where several give a permission', () => {
    const limits: Limits = { ...LAB, coordinator: { definitions: ['b'], serviceLines: ['Radiology', 'Laboratory'] } };
    assert.deepEqual(scopeFor(['operator', 'coordinator'], limits, 'escalation:acknowledge'), {
      definitions: ['b', 'discharge-follow-up'],
      serviceLines: ['Laboratory', 'Radiology'],
    });
  });

  it('give nothing that the role does not give, and nothing that is of the whole house', () => {
    const nothing: Limits = { operator: { definitions: [], serviceLines: [] } };
    for (const role of LIMITABLE_ROLES) {
      const limits: Limits = { [role]: { definitions: ['a'], serviceLines: [] } };
      assert.deepEqual(
        permissionsOf([role], limits),
        ALL_PERMISSIONS.filter((one) => allows([role], one) && REACH[one] !== 'nowhere'),
        role,
      );
    }
    const anywhere = ALL_PERMISSIONS.filter((one) => allows(['operator'], one) && REACH[one] === 'anywhere');
    assert.ok(anywhere.includes('definition:read'));
    assert.deepEqual(permissionsOf(['operator'], nothing), anywhere);
  });

  it('are not those that manage accounts or read the audit of everything', () => {
    const whole = ROLES.filter((role) => !(LIMITABLE_ROLES as readonly string[]).includes(role));
    assert.deepEqual(whole, ['administrator', 'auditor']);
  });
});
