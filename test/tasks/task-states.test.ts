import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  afterTaskStep,
  hasEnded,
  isAcknowledged,
  needsReason,
  stepBetween,
  stepsFrom,
  TASK_STATES,
  TASK_STEPS,
  type TaskState,
} from '../../engine/tasks/task-states.ts';

/** FHIR R4 Task, as Wardflow allows it: from -> to. Written down here a second time, by hand. */
const ALLOWED: Readonly<Record<TaskState, readonly TaskState[]>> = {
  draft: ['requested', 'ready', 'cancelled', 'entered-in-error'],
  requested: [
    ...(['requested', 'received', 'accepted', 'rejected', 'ready'] as const),
    ...(['in-progress', 'cancelled', 'entered-in-error'] as const),
  ],
  received: ['accepted', 'rejected', 'requested', 'cancelled', 'entered-in-error'],
  accepted: ['in-progress', 'on-hold', 'ready', 'rejected', 'cancelled', 'failed', 'entered-in-error'],
  ready: ['in-progress', 'on-hold', 'requested', 'cancelled', 'failed', 'entered-in-error'],
  'in-progress': ['on-hold', 'completed', 'failed', 'cancelled', 'ready', 'entered-in-error'],
  'on-hold': ['in-progress', 'ready', 'accepted', 'cancelled', 'failed', 'entered-in-error'],
  rejected: ['requested', 'entered-in-error'],
  failed: ['ready', 'entered-in-error'],
  completed: ['entered-in-error'],
  cancelled: ['entered-in-error'],
  'entered-in-error': [],
};

describe('a workflow task', () => {
  it('goes from each state to those of the profile, and to no others', () => {
    for (const from of TASK_STATES) {
      const reached = new Set<TaskState>();
      for (const step of TASK_STEPS)
        for (const heldFrom of [null, 'accepted', 'ready', 'in-progress'] as const) {
          const to = afterTaskStep(from, step, heldFrom);
          if (to !== null) reached.add(to);
        }
      assert.deepEqual([...reached].toSorted(), [...ALLOWED[from]].toSorted(), from);
    }
  });

  it('goes back to where it was when it is no longer held', () => {
    for (const before of ['accepted', 'ready', 'in-progress'] as const) {
      assert.equal(afterTaskStep(before, 'hold'), 'on-hold');
      assert.equal(afterTaskStep('on-hold', 'resume', before), before);
    }
    assert.equal(afterTaskStep('on-hold', 'resume', null), 'ready', 'and is ready where that is not known');
    assert.equal(afterTaskStep('on-hold', 'resume', 'completed'), 'ready', 'or was no state to go on from');
  });

  it('can be handed on by whoever may assign, also after somebody has taken it over', () => {
    for (const from of ['accepted', 'in-progress', 'on-hold'] as const)
      assert.equal(afterTaskStep(from, 'reassign', 'in-progress'), 'ready', from);
    for (const from of ['requested', 'received', 'ready', 'rejected'] as const)
      assert.equal(afterTaskStep(from, 'reassign'), 'requested', from);
  });

  it('cannot be got out of its end but by saying that it never should have been', () => {
    for (const end of TASK_STATES.filter(hasEnded))
      assert.deepEqual(stepsFrom(end), end === 'entered-in-error' ? [] : ['correct'], end);
  });

  it('is acknowledged by who takes it over, not by who reads it', () => {
    assert.deepEqual(TASK_STATES.filter(isAcknowledged), ['accepted', 'in-progress', 'completed']);
  });

  it('is rejected, held, failed, cancelled, corrected and handed on with a reason only', () => {
    assert.deepEqual(TASK_STEPS.filter(needsReason), ['reject', 'hold', 'reassign', 'fail', 'cancel', 'correct']);
  });

  it('follows what the EHR says by one step of its own, or by none', () => {
    for (const from of TASK_STATES)
      for (const to of TASK_STATES) {
        const step = stepBetween(from, to, 'in-progress');
        if (step !== null) assert.equal(afterTaskStep(from, step, 'in-progress'), to);
        else if (!(from === 'on-hold' && ALLOWED[from].includes(to)))
          assert.ok(!ALLOWED[from].includes(to), `${from} ${to}`);
      }
    assert.equal(stepBetween('requested', 'completed'), null, 'nobody has said that it was begun');
  });
});
