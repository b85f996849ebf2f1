/** The shift report as a table for spreadsheets: one row for all, then for each state, service line, role, and hour or day. */
import Papa from 'papaparse';
import type { ShiftFigures, ShiftReport } from './runtime-shapes.ts';

type Cell = string | number | null;

const COLUMNS = [
  ...(['of', 'name', 'from (UTC)', 'to (UTC)', 'pending now', 'overdue now'] as const),
  ...(['longest in its state now (s)', 'created', 'completed'] as const),
  ...(['taken over', 'to take over, median (s)', 'to take over, 9 of 10 (s)'] as const),
  ...(['to complete, median (s)', 'to complete, 9 of 10 (s)'] as const),
  ...(['escalation steps', 'ladders without an answer', 'alerts told', 'alerts held back'] as const),
  ...(['false alarms (share)', 'overridden (share)'] as const),
];
type Column = (typeof COLUMNS)[number];

/** A cell without a value was not measured; shares are between 0 and 1. Texts that a spreadsheet would take for formulae are quoted. */
export function shiftCsv(report: ShiftReport): string {
  const { from, to, all, byServiceLine, byRole, buckets } = report;
  const time = { 'from (UTC)': utc(from), 'to (UTC)': utc(to) };
  const unit = to - from < 172_800_000 ? 'hour' : 'day';
  const rows: Partial<Record<Column, Cell>>[] = [
    { of: 'all', name: report.serviceLine, ...time, ...figuresIn(all) },
    ...Object.entries(all.inEachState).map(([state, { count, longest }]) => ({
      of: 'state',
      name: state,
      'pending now': count,
      'longest in its state now (s)': seconds(longest),
    })),
    ...byServiceLine.map((line) => ({ of: 'service line', name: line.serviceLine, ...time, ...figuresIn(line) })),
    ...byRole.map(({ role, pending, overdue, created, completed, toAcknowledge }) => ({
      of: 'role',
      name: role,
      ...time,
      'pending now': pending,
      'overdue now': overdue,
      created,
      completed,
      'taken over': toAcknowledge.count,
      'to take over, median (s)': seconds(toAcknowledge.p50),
      'to take over, 9 of 10 (s)': seconds(toAcknowledge.p90),
    })),
    ...buckets.map(({ at, created, completed, alerts, escalationSteps, toAcknowledge }, i) => ({
      of: unit,
      name: inZone(at, report.zone),
      'from (UTC)': utc(at),
      'to (UTC)': utc(buckets[i + 1]?.at ?? to),
      created,
      completed,
      'to take over, median (s)': seconds(toAcknowledge),
      'escalation steps': escalationSteps,
      'alerts told': alerts,
    })),
  ];
  const data = rows.map((row) => COLUMNS.map((column) => row[column] ?? null));
  return `${Papa.unparse({ fields: [...COLUMNS], data }, { escapeFormulae: true, newline: '\r\n' })}\r\n`;
}

const figuresIn = (figures: ShiftFigures): Partial<Record<Column, Cell>> => ({
  'pending now': figures.inState.count,
  'overdue now': figures.overdue,
  'longest in its state now (s)': seconds(figures.inState.longest),
  created: figures.created,
  completed: figures.completed,
  'taken over': figures.toAcknowledge.count,
  'to take over, median (s)': seconds(figures.toAcknowledge.p50),
  'to take over, 9 of 10 (s)': seconds(figures.toAcknowledge.p90),
  'to complete, median (s)': seconds(figures.toComplete.p50),
  'to complete, 9 of 10 (s)': seconds(figures.toComplete.p90),
  'escalation steps': figures.escalationSteps,
  'ladders without an answer': figures.exhausted,
  'alerts told': figures.alertsStarted,
  'alerts held back': figures.alertsHeldBack,
  'false alarms (share)': share(figures.falsePositiveRate),
  'overridden (share)': share(figures.overrideRate),
});

const seconds = (ms: number | null): number | null => (ms === null ? null : Math.round(ms / 1000));
const share = (rate: number | null): number | null => (rate === null ? null : Math.round(rate * 1000) / 1000);
const utc = (at: number): string => new Date(at).toISOString();

/** `2026-01-05 07:00`. */
function inZone(at: number, timeZone: string): string {
  const options = { timeZone, dateStyle: 'short', timeStyle: 'short' } as const;
  return new Intl.DateTimeFormat('sv-SE', options).format(at);
}
