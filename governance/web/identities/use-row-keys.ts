import { useRef, type RefObject } from 'react';
import { useShortcuts } from '../keyboard/shortcuts.ts';

/**
 * j and k through the rows of a virtual list, by the element of each that is marked `data-open`.
 * @param act what one key does with the row under the keyboard
 */
export function useRowKeys<T>(
  name: string,
  rows: readonly T[],
  act: { readonly keys: string; readonly what: string; readonly run: (row: T) => void } | null,
): RefObject<HTMLElement | null> {
  const place = useRef<HTMLElement>(null);
  const opens = (): HTMLElement[] => [...(place.current?.querySelectorAll<HTMLElement>('[data-open]') ?? [])];
  const at = (): number => opens().findIndex((one) => one.closest('li')?.contains(document.activeElement));
  const move = (by: number): void => {
    const all = opens();
    all[Math.max(0, Math.min(all.length - 1, at() + by))]?.focus();
  };
  const run = (): void => {
    // Of what is drawn: a virtual list says which row that is.
    const open = opens()[Math.max(0, at())];
    const row = rows[Number(open?.closest('li')?.dataset['index'] ?? -1)];
    if (row && act) {
      // Where the keyboard comes back to.
      open?.focus();
      act.run(row);
    }
  };
  useShortcuts(name, [
    { keys: 'j', what: 'Next', run: () => move(1) },
    { keys: 'k', what: 'Previous', run: () => move(-1) },
    ...(act ? [{ keys: act.keys, what: act.what, run }] : []),
  ]);
  return place;
}
