import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { RETRY_POLICIES, settlementAfter, type FailedWork, type RetryPolicy } from '../../engine/queue/retry.ts';
import { LANES, type Failure, type Lane, type Settlement } from '../../engine/index.ts';

const NOW = 1_000_000_000;
const ALMOST_ONE = 1 - Number.EPSILON / 2;
const policy: RetryPolicy = { baseMs: 1000, capMs: 60_000, attempts: 10, deadlineMs: 3_600_000 };
const policies: Readonly<Record<Lane, RetryPolicy>> = { stat: policy, urgent: policy, routine: policy, bulk: policy };

function failure(failureClass: Failure['class'], more: Partial<Failure> = {}): Failure {
  return { class: failureClass, code: 'test-failure', text: 'The test says so.', ...more };
}

function after(failed: Failure, work: Partial<FailedWork> = {}, random = ALMOST_ONE): Settlement {
  const complete: FailedWork = { lane: 'routine', countedAttempts: 1, firstDeliveredAt: NOW, ...work };
  return settlementAfter(failed, complete, NOW, () => random, policies);
}

function waitOf(settlement: Settlement): number {
  assert.equal(settlement.kind, 'retry');
  return settlement.kind === 'retry' ? settlement.at - NOW : Number.NaN;
}

describe('retry', () => {
  it('doubles the longest wait with each attempt, up to the cap', () => {
    const waits = [1, 2, 3, 6, 7, 9].map((countedAttempts) => waitOf(after(failure('transient'), { countedAttempts })));
    assert.deepEqual(waits, [999, 1999, 3999, 31_999, 59_999, 59_999]);
  });

  it('spreads the wait over all of its range, down to nothing', () => {
    assert.equal(waitOf(after(failure('transient'), { countedAttempts: 4 }, 0)), 0);
    assert.equal(waitOf(after(failure('transient'), { countedAttempts: 4 }, 0.5)), 4000);
  });

  it('counts a transient and an ambiguous failure as attempts', () => {
    for (const name of ['transient', 'ambiguous'] as const) {
      const settlement = after(failure(name));
      assert.equal(settlement.kind === 'retry' && settlement.counts, true, name);
    }
  });

  it('makes a permanent failure a dead letter at once, with its reason unchanged', () => {
    const failed = failure('permanent');
    assert.deepEqual(after(failed), { kind: 'dead', failure: failed });
  });

  it('gives up with the last attempt, keeps the code of the cause, and says how often it was tried', () => {
    assert.equal(after(failure('transient'), { countedAttempts: 9 }).kind, 'retry');
    const settlement = after(failure('transient'), { countedAttempts: 10 });
    assert.equal(settlement.kind, 'dead');
    assert.equal(settlement.kind === 'dead' && settlement.failure.code, 'test-failure');
    assert.match(settlement.kind === 'dead' ? settlement.failure.text : '', /Given up after 10 attempts\.$/);
  });

  it('gives up at the deadline, however few the attempts, throttled or not', () => {
    for (const name of ['transient', 'ambiguous', 'throttled'] as const) {
      assert.equal(after(failure(name), { firstDeliveredAt: NOW - 3_599_999 }).kind, 'retry', name);
      assert.equal(after(failure(name), { firstDeliveredAt: NOW - 3_600_000 }).kind, 'dead', name);
    }
  });

  it('waits at least as long as a throttling server asks, and does not count it', () => {
    for (const random of [0, 0.5, ALMOST_ONE]) {
      const settlement = after(failure('throttled', { retryAfterMs: 7000 }), { countedAttempts: 10 }, random);
      const wait = waitOf(settlement);
      assert.ok(wait >= 7000 && wait < 8000, String(wait));
      assert.equal(settlement.kind === 'retry' && settlement.counts, false);
    }
  });

  it('does not believe a Retry-After of years', () => {
    assert.equal(waitOf(after(failure('throttled', { retryAfterMs: 1e12 }), {}, 0)), 3_600_000);
  });

  it('gives every lane a policy whose deadline is reached before its attempts, and asks a person sooner the more urgent it is', () => {
    let shorter = 0;
    for (const lane of LANES) {
      const { capMs, attempts, deadlineMs } = RETRY_POLICIES[lane];
      assert.ok((attempts * capMs) / 2 > deadlineMs, lane);
      assert.ok(deadlineMs > shorter, lane);
      shorter = deadlineMs;
    }
  });
});
