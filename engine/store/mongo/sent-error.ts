import { WardflowError } from '../../base/errors.ts';
import { storeErrors } from '../sqlite/errors.ts';
import { mongoErrors } from './errors.ts';
import { UnconfirmedCommit, unreachable } from './transaction.ts';

/** Reduces what the driver or an operation threw to a catalogue code; the driver's own texts may quote values. */
export function storeError(error: unknown, operation: string, host: string): WardflowError {
  if (error instanceof WardflowError) return error;
  const { name, code } = error as { name?: string; code?: unknown };
  if (name === 'MongoTopologyClosedError' || name === 'MongoExpiredSessionError' || name === 'MongoClientClosedError') {
    return storeErrors.create('store-closed');
  }
  const cause = { cause: error };
  if (error instanceof UnconfirmedCommit)
    return mongoErrors.create('store-mongodb-interrupted', { operation, host }, cause);
  if (unreachable(error)) return mongoErrors.create('store-mongodb-unreachable', { operation, host }, cause);
  if (typeof code === 'number') return mongoErrors.create('store-mongodb-failed', { operation, host, code }, cause);
  // BSON refused a value, or the operation did.
  return storeErrors.create('store-bad-argument', { operation }, cause);
}
