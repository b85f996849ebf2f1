import { useCallback, useState } from 'react';

/** How many steps can be taken back. */
const MOST = 300;

interface Steps<T> {
  readonly all: readonly T[];
  readonly at: number;
}

export interface History<T> {
  readonly now: T;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** A change that changes nothing is none. */
  readonly change: (make: (before: T) => T) => void;
  readonly undo: () => void;
  readonly redo: () => void;
}

/** What somebody writes, with every step before it. */
export function useHistory<T>(first: T): History<T> {
  const [steps, setSteps] = useState<Steps<T>>({ all: [first], at: 0 });
  const now = steps.all[steps.at] ?? first;
  return {
    now,
    canUndo: steps.at > 0,
    canRedo: steps.at < steps.all.length - 1,
    change: useCallback(
      (make) => {
        setSteps((before) => {
          const next = make(before.all[before.at] ?? first);
          if (next === before.all[before.at]) return before;
          const all = [...before.all.slice(Math.max(0, before.at + 1 - MOST), before.at + 1), next];
          return { all, at: all.length - 1 };
        });
      },
      [first],
    ),
    undo: useCallback(() => setSteps(({ all, at }) => ({ all, at: Math.max(0, at - 1) })), []),
    redo: useCallback(() => setSteps(({ all, at }) => ({ all, at: Math.min(all.length - 1, at + 1) })), []),
  };
}
