import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { WORK_STATES, type WorkState } from '../../engine/index.ts';
import {
  changeWork,
  INITIAL_WORK_STATES,
  isFinished,
  messageStateOf,
  seenAs,
  WORK_TRANSITIONS,
  type WorkChange,
} from '../../engine/queue/work-states.ts';

const CHANGES = Object.keys(WORK_TRANSITIONS) as WorkChange[];

describe('states of a work item', () => {
  it('refuses a change from any state that the table does not name', () => {
    assert.equal(changeWork('waiting', 'claim'), 'claimed');
    assert.equal(changeWork('waiting', 'finish'), undefined);
    assert.equal(changeWork('done', 'redrive'), undefined);
    assert.equal(changeWork('dead', 'redrive'), 'waiting');
    assert.equal(changeWork('claimed', 'discard'), undefined);
  });

  it('reaches every state from the ones in which an item begins', () => {
    const reached = new Set<WorkState>(INITIAL_WORK_STATES);
    for (let grown = -1; grown !== reached.size;) {
      grown = reached.size;
      for (const change of CHANGES) {
        for (const state of reached) {
          const next = changeWork(state, change);
          if (next) reached.add(next);
        }
      }
    }
    assert.deepEqual([...reached].toSorted(), [...WORK_STATES].toSorted());
  });

  it('leaves a finished item only by a redrive or a discard, which people do', () => {
    for (const state of WORK_STATES.filter(isFinished)) {
      const ways = CHANGES.filter((change) => changeWork(state, change));
      assert.deepEqual(ways, state === 'dead' ? ['redrive', 'discard'] : [], state);
    }
  });

  it('shows a waiting item as accepted until its first delivery', () => {
    assert.equal(seenAs('waiting', 0), 'accepted');
    assert.equal(seenAs('waiting', 1), 'waiting');
  });

  it('shows of a message the most pressing of its items', () => {
    const item = (state: WorkState, attempt = 1) => ({ state, attempt });
    assert.equal(messageStateOf([]), 'unrouted');
    assert.equal(messageStateOf([item('done'), item('dead'), item('claimed')]), 'dead');
    assert.equal(messageStateOf([item('done'), item('claimed'), item('waiting')]), 'processing');
    assert.equal(messageStateOf([item('parked'), item('waiting'), item('done')]), 'waiting');
    assert.equal(messageStateOf([item('parked'), item('waiting', 0)]), 'parked');
    assert.equal(messageStateOf([item('waiting', 0), item('discarded'), item('done')]), 'accepted');
    assert.equal(messageStateOf([item('discarded'), item('done')]), 'discarded');
    assert.equal(messageStateOf([item('done')]), 'done');
  });
});
