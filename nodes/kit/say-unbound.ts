import { WardflowError } from '../../engine/index.ts';
import type { NodeHandle } from './register.ts';

/** Shown at once, not with the first message that fails for it; it may be bound before that comes. */
export function sayUnbound({ status }: NodeHandle<unknown>, ask: () => unknown): void {
  try {
    ask();
  } catch (error) {
    if (error instanceof WardflowError) status.trouble(error.code);
  }
}
