/** The report of a time in which nothing was, as the runtime answers it. */
import type { Durations, ShiftFigures, ShiftReport } from '../../engine/index.ts';

const NONE: Durations = { count: 0, p50: null, p90: null, longest: null };
const FIGURES: ShiftFigures = {
  pending: {},
  inState: NONE,
  inEachState: {},
  overdue: 0,
  created: 0,
  completed: 0,
  toAcknowledge: NONE,
  toComplete: NONE,
  escalationSteps: 0,
  exhausted: 0,
  alertsStarted: 0,
  alertsHeldBack: 0,
  falsePositiveRate: null,
  overrideRate: null,
};
const HOUR = 3_600_000;

export function emptyReport(query: URLSearchParams): ShiftReport {
  const [from, to] = [Number(query.get('from')), Number(query.get('to'))];
  const nothing = { created: 0, completed: 0, alerts: 0, escalationSteps: 0, toAcknowledge: null };
  return {
    from,
    to,
    zone: query.get('zone') ?? 'UTC',
    serviceLine: query.get('serviceLine'),
    asOf: Date.now(),
    all: FIGURES,
    byServiceLine: [],
    byRole: [],
    buckets: Array.from({ length: Math.ceil((to - from) / HOUR) }, (_, n) => ({ at: from + n * HOUR, ...nothing })),
    cut: false,
  };
}
