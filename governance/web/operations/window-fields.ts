/** What a person chose in the pause sheet, as times. Pure. */
export type End = 'open' | '15m' | '1h' | '4h' | 'at';

export interface WindowFields {
  readonly start: 'now' | 'later';
  /** As a date field gives it, `2026-01-05T08:30`, in the zone of the browser; empty: not yet chosen. */
  readonly from: string;
  readonly end: End;
  readonly until: string;
}

const LENGTHS = { '15m': 15 * 60_000, '1h': 3_600_000, '4h': 4 * 3_600_000 } as const;

/** `problem`: why it cannot be; empty where a field is not filled yet. */
export function windowOf(
  { start, from, end, until }: WindowFields,
  now: number,
): { readonly from?: number; readonly until?: number } | { readonly problem: string } {
  const begins = start === 'now' ? now : Date.parse(from);
  if (Number.isNaN(begins)) return { problem: '' };
  if (start === 'later' && begins <= now)
    return { problem: 'The window begins in the past: choose a later time, or “At once”.' };
  const chosen = start === 'later' ? { from: begins } : {};
  if (end === 'open') return chosen;
  const ends = end === 'at' ? Date.parse(until) : begins + LENGTHS[end];
  if (Number.isNaN(ends)) return { problem: '' };
  if (ends <= begins) return { problem: 'It ends before it begins: choose a later end.' };
  return { ...chosen, until: ends };
}
