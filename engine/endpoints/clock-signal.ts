import type { Clock, Millis } from '../base/clock.ts';

/** A signal that is aborted at a time of the clock. `end` must be called. */
export function clockSignal(clock: Clock, at: Millis): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const cancel = clock.at(at, () => controller.abort(new DOMException('time limit', 'TimeoutError')));
  return { signal: controller.signal, end: cancel };
}
