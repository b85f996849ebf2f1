/** What a key does in the tree (WAI-ARIA authoring practices, tree view). */
import type { Row } from './rows.ts';

export type Move =
  | { readonly kind: 'select'; readonly path: string }
  | { readonly kind: 'toggle'; readonly row: Row; readonly open: boolean }
  | { readonly kind: 'siblings'; readonly row: Row };

export function movedTo(key: string, rows: readonly Row[], at: number, page: number): Move | null {
  const row = rows[at];
  const to = (index: number): Move | null => {
    const target = rows[Math.max(0, Math.min(rows.length - 1, index))];
    return target ? { kind: 'select', path: target.node.path } : null;
  };
  switch (key) {
    case 'ArrowDown':
      return to(at + 1);
    case 'ArrowUp':
      return to(at - 1);
    case 'PageDown':
      return to(at + page);
    case 'PageUp':
      return to(at - page);
    case 'Home':
      return to(0);
    case 'End':
      return to(rows.length - 1);
    case 'ArrowRight':
      if (!row || row.open === null) return null;
      return row.open ? to(at + 1) : { kind: 'toggle', row, open: true };
    case 'ArrowLeft':
      if (row?.open) return { kind: 'toggle', row, open: false };
      return row?.parent == null ? null : { kind: 'select', path: row.parent };
    case ' ':
      return row && row.open !== null ? { kind: 'toggle', row, open: !row.open } : null;
    case '*':
      return row ? { kind: 'siblings', row } : null;
    default:
      return null;
  }
}
