/** Which operations are in a transaction: the steps before and after its commit are theirs. */
import { reach } from './reach.ts';

/** By transaction, whatever stands for it. */
const applied = new WeakMap<object, Set<string>>();

export function transactionStarts(transaction: object): void {
  applied.set(transaction, new Set());
}

/** `result` of a claim that found nothing is no claim. */
export function operationApplied(transaction: object, operation: string, result: unknown): void {
  if (operation === 'work.claim' && (result as readonly unknown[]).length === 0) return;
  const operations = applied.get(transaction) ?? new Set();
  applied.set(transaction, operations.add(operation));
}

export function commitStarts(transaction: object): void {
  for (const operation of applied.get(transaction) ?? []) reach(`${operation} committing`);
}

export function commitEnded(transaction: object): void {
  for (const operation of applied.get(transaction) ?? []) reach(`${operation} committed`);
  applied.delete(transaction);
}
