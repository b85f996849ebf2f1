/** What somebody writes, with every step before it, so that all of it can be taken back. Pure. */

/** How many steps can be taken back. */
const MOST = 300;

export interface Steps<T> {
  readonly all: readonly T[];
  readonly at: number;
  /** What the last step was about, where it goes on with the next key: typing in one field is one step. */
  readonly about: string | null;
}

export const firstStep = <T>(now: T): Steps<T> => ({ all: [now], at: 0, about: null });

export const present = <T>({ all, at }: Steps<T>): T => all[at] as T;
export const canUndo = ({ at }: Steps<unknown>): boolean => at > 0;
export const canRedo = ({ all, at }: Steps<unknown>): boolean => at < all.length - 1;

/** A change that changes nothing is none. */
export function stepped<T>(before: Steps<T>, next: T, about: string | null = null): Steps<T> {
  if (next === present(before)) return before;
  const goesOn = about !== null && about === before.about && before.at > 0;
  const from = goesOn ? before.at - 1 : before.at;
  const all = [...before.all.slice(Math.max(0, from + 1 - MOST), from + 1), next];
  return { all, at: all.length - 1, about };
}

export const undone = <T>({ all, at }: Steps<T>): Steps<T> => ({ all, at: Math.max(0, at - 1), about: null });
export const redone = <T>({ all, at }: Steps<T>): Steps<T> => ({
  all,
  at: Math.min(all.length - 1, at + 1),
  about: null,
});
