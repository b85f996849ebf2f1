/**
 * What time it is where due times are made. A shared tablet whose clock is an hour slow would show an hour that nobody has.
 */
import { useNow } from './use-now.ts';

/** Clocks that are this close are the same, so that seconds do not jump back and forth. */
const SAME_MS = 5_000;
let ahead = 0;

/**
 * @param asOf the runtime's, in an answer
 * @param sentAt and `gotAt`: when it was asked and answered, by the browser's clock
 */
export function noteRuntimeTime(asOf: number, sentAt: number, gotAt: number): void {
  const off = asOf - (sentAt + gotAt) / 2;
  ahead = Math.abs(off) <= SAME_MS + (gotAt - sentAt) / 2 ? 0 : off;
}

/** @param now by the browser's clock */
export const runtimeTime = (now: number): number => now + ahead;

/** Ticks once a second. */
export const useRuntimeNow = (): number => runtimeTime(useNow());
