import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { canBeClaimed, canBeHandedOver, wayToDone, type Move } from '../../../governance/web/tasks/ways.ts';
import { TASK_STATES, type TaskState, type TaskStep } from '../../../engine/index.ts';
import { afterTaskStep } from '../../../engine/tasks/task-states.ts';

/** What `claim` is to the engine. */
const stepOf = (move: Move, state: TaskState): TaskStep =>
  move === 'claim' ? (state === 'ready' ? 'start' : 'accept') : move;

function walk(from: TaskState, moves: readonly Move[]): TaskState | null {
  let state: TaskState | null = from;
  // As the service does: who claims what is ready has begun it.
  for (const move of moves) if (state !== null) state = afterTaskStep(state, stepOf(move, state));
  return state;
}

describe('the ways that one key takes', () => {
  for (const state of TASK_STATES)
    it(`lead where they say, from ${state}`, () => {
      const done = wayToDone(state);
      if (done) assert.equal(walk(state, done), 'completed');
      // A task on hold, or taken over by somebody who has gone home, would stay with them for good.
      assert.equal(canBeHandedOver(state), walk(state, ['reassign']) !== null);
      if (canBeHandedOver(state))
        assert.ok(canBeClaimed(walk(state, ['reassign']) ?? state), 'whoever gets it can take it');
      if (canBeClaimed(state)) assert.ok(['accepted', 'in-progress'].includes(walk(state, ['claim']) ?? ''));
    });

  it('are there for every state in which somebody works on a task', () => {
    assert.deepEqual(
      TASK_STATES.filter((state) => wayToDone(state) !== null),
      ['requested', 'received', 'accepted', 'ready', 'in-progress'],
    );
  });
});
