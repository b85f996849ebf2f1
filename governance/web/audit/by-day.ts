import type { AuditItem } from '../../api/audit-contract.ts';
import { startOfDay } from '../time/duration.ts';

/** A line of the list: the heading of a day, or an entry of it. */
export type Line =
  | { readonly kind: 'day'; readonly start: number; readonly label: string }
  | { readonly kind: 'entry'; readonly item: AuditItem };

const long = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const DAY_MS = 24 * 3_600_000;

/** Entries, newest first, each day of the viewer under its heading. */
export function linesOf(items: readonly AuditItem[], now: number): readonly Line[] {
  const today = startOfDay(now);
  const lines: Line[] = [];
  let last: number | undefined;
  for (const item of items) {
    const start = startOfDay(item.at);
    if (start !== last) {
      const label =
        start === today
          ? 'Today'
          : start === startOfDay(today - DAY_MS / 2)
            ? 'Yesterday'
            : long.format(new Date(start));
      lines.push({ kind: 'day', start, label });
      last = start;
    }
    lines.push({ kind: 'entry', item });
  }
  return lines;
}

/** The beginnings and ends of the days of the list, ascending: between two of them a day is counted. */
export function edgesOf(lines: readonly Line[]): readonly number[] {
  const edges = new Set<number>();
  for (const line of lines)
    if (line.kind === 'day') {
      edges.add(line.start);
      edges.add(nextDay(line.start));
    }
  // The API counts between at most 401; the newest days are what is looked at first.
  return [...edges].toSorted((a, b) => a - b).slice(-400);
}

/** The day after begins 23, 24 or 25 hours later. */
const nextDay = (start: number): number => startOfDay(start + DAY_MS + DAY_MS / 2);
