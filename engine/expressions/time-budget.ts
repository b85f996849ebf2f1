/** A time that several evaluations share: each is bounded by itself, but a table may have hundreds. */
import { ExpressionLimit } from './expression-limit.ts';

/** @returns throws an `ExpressionLimit` when called later than `ms` milliseconds from now */
export function timeBudget(ms: number): () => void {
  const end = performance.now() + ms;
  return () => {
    if (performance.now() > end) throw new ExpressionLimit('time', ms);
  };
}
