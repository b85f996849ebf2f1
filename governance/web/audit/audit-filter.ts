import type { AuditFilter } from '../../api/audit-contract.ts';

/** What the address bar holds of the page. Identifiers of patients never stand in it. */
export interface PageFilter extends Omit<AuditFilter, 'since' | 'until'> {
  readonly period: Period;
  /** Of `period=dates`: days of the viewer, `2026-11-21`; both included. */
  readonly from?: string;
  readonly to?: string;
}

export const PERIODS = {
  all: { label: 'Any time', ms: null },
  '1h': { label: 'Last hour', ms: 3_600_000 },
  '24h': { label: 'Last 24 hours', ms: 24 * 3_600_000 },
  '7d': { label: 'Last 7 days', ms: 7 * 24 * 3_600_000 },
  '30d': { label: 'Last 30 days', ms: 30 * 24 * 3_600_000 },
  dates: { label: 'From … to …', ms: null },
} as const;
export type Period = keyof typeof PERIODS;

export const TEXT_FIELDS = [
  ...(['q', 'actor', 'type', 'definition', 'message', 'proposal', 'environment'] as const),
] as const;
export type TextField = (typeof TEXT_FIELDS)[number];

const DAY = /^\d{4}-\d\d-\d\d$/;

export function readFilter(params: URLSearchParams): PageFilter {
  const period = params.get('period') ?? '';
  const texts = TEXT_FIELDS.flatMap((name) => {
    const value = (params.get(name) ?? '').trim().slice(0, 128);
    return value === '' ? [] : [[name, value] as const];
  });
  const day = (name: 'from' | 'to'): PageFilter => {
    const value = params.get(name) ?? '';
    return { period: 'all', ...(DAY.test(value) && { [name]: value }) };
  };
  return {
    ...Object.fromEntries(texts),
    ...day('from'),
    ...day('to'),
    period: Object.hasOwn(PERIODS, period) ? (period as Period) : 'all',
  };
}

/** As the API takes it. Whole minutes, so that the same question stays the same question for a while. */
export function queryFilter({ period, from, to, ...texts }: PageFilter, now: number): AuditFilter {
  const { ms } = PERIODS[period];
  if (period === 'dates') {
    const since = from === undefined ? undefined : dayStart(from, 0);
    const until = to === undefined ? undefined : dayStart(to, 1);
    return { ...texts, ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
  }
  return ms === null ? texts : { ...texts, since: Math.floor((now - ms) / 60_000) * 60_000 };
}

/** Midnight of a day in the viewer's zone, `plus` days later. */
function dayStart(day: string, plus: number): number | undefined {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const at = new Date(year, month - 1, date + plus).getTime();
  return Number.isFinite(at) && at >= 0 ? at : undefined;
}

export const isFiltered = (filter: PageFilter): boolean =>
  filter.period !== 'all' || TEXT_FIELDS.some((name) => filter[name] !== undefined);
