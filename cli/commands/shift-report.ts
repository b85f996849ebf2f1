import { shiftCsv } from '../../governance/api/shift-csv.ts';
import type { Durations, ShiftFigures, ShiftReport } from '../../engine/index.ts';
import { cliErrors } from '../errors.ts';
import type { Io } from '../io.ts';
import { findRuntime } from '../runtime-client.ts';
import { columns, dateTime, json, safe, span } from '../terminal.ts';

export interface ShiftReportOptions {
  readonly runtime: string;
  readonly from: string;
  readonly to?: string;
  readonly zone?: string;
  readonly serviceLine?: string;
  readonly csv?: boolean;
  readonly json?: boolean;
}

const MINUTE_MS = 60_000;

export async function shiftReport(io: Io, options: ShiftReportOptions): Promise<void> {
  const now = io.now();
  const query = {
    from: momentOf('--from', options.from, now),
    // What happens within this minute is of it.
    to: options.to === undefined ? now + MINUTE_MS : momentOf('--to', options.to, now),
    zone: options.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    serviceLine: options.serviceLine,
  };
  const runtime = await findRuntime(io, options.runtime);
  const report = await runtime.get<ShiftReport>('/shift-report', query);
  if (options.csv === true) io.out(shiftCsv(report));
  else io.out(options.json === true ? json(report) : reportText(report));
}

function momentOf(option: string, text: string, now: number): number {
  const ago = /^(\d{1,6})([smhd])$/.exec(text);
  const unit = { s: 1_000, m: MINUTE_MS, h: 3_600_000, d: 86_400_000 }[ago?.[2] ?? ''];
  const at = ago && unit !== undefined ? now - Number(ago[1]) * unit : Date.parse(text);
  if (Number.isFinite(at) && at >= 0) return at;
  throw cliErrors.create('option-invalid', {
    option,
    takes: 'a time (2026-01-31T08:00:00Z) or how long ago (15m, 12h, 3d)',
  });
}

function reportText(report: ShiftReport): string {
  const { all, byServiceLine, byRole } = report;
  const line = report.serviceLine === null ? '' : `, ${report.serviceLine}`;
  const head = `${dateTime(report.from)} to ${dateTime(report.to)}${line}, as of ${dateTime(report.asOf)}`;
  const cut = report.cut ? 'More was kept than is looked at: the figures are of the newest.\n' : '';
  const groups = [
    ['service line', 'pending', 'overdue', 'created', 'completed', 'taken over within', 'steps', 'alerts'],
    ...byServiceLine.map((one) => [
      one.serviceLine ?? 'none',
      ...[one.inState.count, one.overdue, one.created, one.completed].map(String),
      within(one.toAcknowledge),
      String(one.escalationSteps),
      String(one.alertsStarted),
    ]),
  ];
  const roles = [
    ['role', 'pending', 'overdue', 'created', 'completed', 'taken over within'],
    ...byRole.map((one) => [
      one.role ?? 'none',
      ...[one.pending, one.overdue, one.created, one.completed].map(String),
      within(one.toAcknowledge),
    ]),
  ];
  return [
    `${safe(head)}\n${cut}`,
    columns(figureRows(all)),
    ...(groups.length > 1 ? [columns(groups)] : []),
    ...(roles.length > 1 ? [columns(roles)] : []),
  ].join('\n');
}

function figureRows(all: ShiftFigures): readonly (readonly string[])[] {
  const { longest } = all.inState;
  const states = Object.entries(all.pending).map(([state, count]) => `${count} ${state}`);
  return [
    ['pending now', states.length === 0 ? 'nothing' : states.join(', ')],
    ['overdue now', String(all.overdue)],
    ['longest in its state now', longest === null ? 'none' : span(longest)],
    ['created', String(all.created)],
    ['completed', String(all.completed)],
    ['taken over within', within(all.toAcknowledge)],
    ['completed within', within(all.toComplete)],
    ['escalation steps', `${all.escalationSteps}, ${all.exhausted} ladders ended without an answer`],
    ['alerts', `${all.alertsStarted} told, ${all.alertsHeldBack} held back`],
    ['false alarms', percent(all.falsePositiveRate, 'of the alerts that people ended')],
    ['overridden', percent(all.overrideRate, 'of the tasks that ended or were decided otherwise')],
  ];
}

function within({ p50, p90, count }: Durations): string {
  return p50 === null || p90 === null ? 'none' : `${span(p50)} for half, ${span(p90)} for 9 of 10 (of ${count})`;
}

const percent = (rate: number | null, of: string): string =>
  rate === null ? 'none' : `${Math.round(rate * 100)} % ${of}`;
