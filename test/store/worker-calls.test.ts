import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, it } from 'mocha';
import { WorkerCalls } from '../../engine/store/sqlite/worker-calls.ts';

type Operations = { readonly ask: (context: never, question: string) => string };

describe('calls to a store worker', () => {
  it('are all rejected when the worker dies, now and later, and the owner is told once', async () => {
    const failures: string[] = [];
    const { calls } = await WorkerCalls.start<Operations>(
      resolve(import.meta.dirname, 'dying-worker.ts'),
      { path: '/data/wardflow.db' },
      (error) => failures.push(error.code),
    );
    const pending = [calls.call('ask', ['a']), calls.call('ask', ['b'])];
    for (const call of pending) await assert.rejects(call, { code: 'store-worker-died', failureClass: 'ambiguous' });
    await assert.rejects(calls.call('ask', ['c']), { code: 'store-worker-died' });
    await calls.close();
    assert.deepEqual(failures, ['store-worker-died']);
  });

  it('cannot begin where the worker has no file', async () => {
    await assert.rejects(
      WorkerCalls.start<Operations>(resolve(import.meta.dirname, 'nowhere.ts'), { path: 'p' }, () => undefined),
      { code: 'store-worker-died' },
    );
  });
});
