/** Stands in for `engine/store/sqlite/write/operations.ts`, in the writer's thread: the same, and remembers what it did. */
import { DatabaseSync } from 'node:sqlite';
import { writeOperations as operations } from '../../../engine/store/sqlite/write/operations.ts';
import { operationApplied } from './commits.ts';

type Handler = (...args: readonly unknown[]) => unknown;

export const writeOperations: Readonly<Record<string, Handler>> = Object.fromEntries(
  Object.entries(operations as unknown as Readonly<Record<string, Handler>>).map(([name, handler]) => [
    name,
    (...args) => {
      const result = handler(...args);
      operationApplied(DatabaseSync, name, result);
      return result;
    },
  ]),
);
