import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import classes from './virtual-list.module.css';

/** A list of which only what is seen is drawn. Rows may be of any height; `estimate` is a first guess. */
export function VirtualList<T>({
  items,
  keyOf,
  estimate,
  label,
  children,
  onNearEnd,
}: {
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  readonly estimate: number;
  readonly label: string;
  readonly children: (item: T, index: number) => ReactNode;
  /** The last rows are about to be seen: time to ask for more. */
  readonly onNearEnd?: () => void;
}) {
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const measure = (): void => setTop((list.current?.getBoundingClientRect().top ?? 0) + window.scrollY);
    measure();
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
  }, [items.length]);
  const virtual = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => estimate,
    overscan: 10,
    scrollMargin: top,
    getItemKey: (index) => (items[index] === undefined ? index : keyOf(items[index])),
  });
  const rows = virtual.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= items.length - 20) onNearEnd?.();
    // The handler is made anew at each render; it is asked when other rows are seen or came.
  }, [last, items.length]);
  return (
    <ul ref={list} className={classes['list']} style={{ height: virtual.getTotalSize() }} aria-label={label}>
      {rows.map((row) => {
        const item = items[row.index];
        return (
          item !== undefined && (
            <li
              key={row.key}
              ref={virtual.measureElement}
              data-index={row.index}
              aria-setsize={items.length}
              aria-posinset={row.index + 1}
              className={classes['row']}
              style={{ transform: `translateY(${row.start - top}px)` }}
            >
              {children(item, row.index)}
            </li>
          )
        );
      })}
    </ul>
  );
}
