import { useEffect, useRef, type ReactNode } from 'react';

/**
 * A table that may be wider than the screen: scrolled by touch, wheel, and by the keyboard.
 * @param stacked on a phone each row is a card instead, its cells below each other with the names of their columns
 */
export function ScrollX({
  label,
  stacked = false,
  children,
}: {
  readonly label: string;
  readonly stacked?: boolean;
  readonly children: ReactNode;
}) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const table = place.current?.querySelector('table');
    if (!stacked || !table) return undefined;
    nameCells(table);
    // Rows come and go without this being drawn again. It watches no attributes, so that names are no news.
    const observer = new MutationObserver(() => nameCells(table));
    observer.observe(table, { childList: true, subtree: true });
    return () => observer.disconnect();
  });
  return (
    <div ref={place} className={`scroll-x ${stacked ? 'stacked' : ''}`} role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}

function nameCells(table: HTMLTableElement): void {
  const names = [...(table.tHead?.rows[0]?.cells ?? [])].map((cell) =>
    cell.ariaHidden === 'true' || cell.querySelector('.visually-hidden') ? '' : cell.textContent.trim(),
  );
  for (const body of table.tBodies)
    for (const row of body.rows) {
      let column = 0;
      for (const cell of row.cells) {
        const name = cell.colSpan > 1 ? '' : (names[column] ?? '');
        if (cell.dataset['name'] !== name) cell.dataset['name'] = name;
        column += cell.colSpan;
      }
    }
}
