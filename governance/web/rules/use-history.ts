import { useCallback, useState } from 'react';
import {
  canRedo,
  canUndo,
  firstStep,
  present,
  redone,
  stepped,
  undone,
  type Steps,
} from '../../api/rule-sheet/steps.ts';

/** `about`: changes in a row that are about the same are one step, such as typing in a field. */
export type Change<T> = (make: (before: T) => T, about?: string) => void;

export interface History<T> {
  readonly now: T;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly change: Change<T>;
  readonly undo: () => void;
  readonly redo: () => void;
}

/** What somebody writes, with every step before it. */
export function useHistory<T>(first: T): History<T> {
  const [steps, setSteps] = useState<Steps<T>>(() => firstStep(first));
  return {
    now: present(steps),
    canUndo: canUndo(steps),
    canRedo: canRedo(steps),
    change: useCallback((make, about) => {
      setSteps((before) => stepped(before, make(present(before)), about));
    }, []),
    undo: useCallback(() => setSteps(undone), []),
    redo: useCallback(() => setSteps(redone), []),
  };
}
