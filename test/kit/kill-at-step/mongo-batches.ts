/** Stands in for `engine/store/mongo/batches.ts`: the same, and its commits are steps. */
import { mongo } from 'mongoose';
import { Batches as Real } from '../../../engine/store/mongo/batches.ts';
import type { Operation } from '../../../engine/store/mongo/write/operation.ts';
import { around } from './around.ts';
import { commitEnded, commitStarts, operationApplied, transactionStarts } from './commits.ts';

export class Batches extends Real {
  override do<R>(operation: Operation<R>): Promise<R> {
    const { name } = operation;
    return super.do({
      ...operation,
      apply(ctx) {
        const result = operation.apply(ctx);
        operationApplied(ctx.session, name, result);
        return result;
      },
    });
  }
}

around(mongo.ClientSession.prototype, 'startTransaction', function (start, ...options) {
  transactionStarts(this);
  return start(...options);
});
around(mongo.ClientSession.prototype, 'commitTransaction', async function (commit, ...options) {
  commitStarts(this);
  await commit(...options);
  commitEnded(this);
});
