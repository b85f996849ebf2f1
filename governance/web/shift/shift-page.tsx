import { Button } from '@mantine/core';
import { CalendarClock, Coffee, Download } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'wouter';
import type { ShiftReport } from '../../api/runtime-shapes.ts';
import { useStatus } from '../api/queries.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { download } from '../signing/download.ts';
import { clockTime } from '../time/duration.ts';
import { useNow } from '../time/use-now.ts';
import { ShiftCharts } from './charts.tsx';
import { FigureTiles } from './figure-tiles.tsx';
import { LineTable, RoleTable, StateTable } from './group-tables.tsx';
import { useShiftReport } from './queries.ts';
import { fieldText, readChoice, timeOf, type ShiftTime } from './shift-time.ts';
import { isEmpty } from './shift-words.ts';
import { rememberPlan, rememberedPlan } from './shift-plan.ts';
import { TimePicker } from './time-picker.tsx';
import classes from './shift.module.css';

const MINUTE_MS = 60_000;
const ZONES: readonly string[] = Intl.supportedValuesOf('timeZone');

/** How a time went: what people owe, how fast they answered, what was told and what of it was wrong. */
export default function ShiftPage() {
  const [params, setParams] = useSearchParams();
  const minute = Math.floor(useNow() / MINUTE_MS) * MINUTE_MS;
  const choice = useMemo(() => readChoice(params, rememberedPlan()), [params]);
  const time = useMemo(() => timeOf(choice, minute), [choice, minute]);
  const { zone, serviceLine } = choice;
  const asked = 'problem' in time ? null : time;
  const report = useShiftReport(asked && { from: asked.from, to: asked.to, zone, serviceLine });
  const before = useShiftReport(asked && { from: asked.before.from, to: asked.before.to, zone, serviceLine });
  useDocumentTitle('Shift');

  const change = useCallback(
    (changes: Readonly<Record<string, string | undefined>>) => {
      const plan = changes['shifts'];
      if (plan !== undefined) rememberPlan(plan);
      setParams((now) => {
        const next = new URLSearchParams(now);
        const own = changes['time'] === 'own' && asked && { from: asked.from, to: asked.to };
        const filled = own ? { from: fieldText(own.from, zone), to: fieldText(own.to, zone) } : {};
        for (const [name, value] of Object.entries({ ...filled, ...changes })) {
          if (value === undefined || value === '') next.delete(name);
          else next.set(name, value);
        }
        return next;
      });
    },
    [setParams, asked, zone],
  );

  const lines = useStatus().data?.definitions.flatMap((one) => (one.serviceLine === null ? [] : [one.serviceLine]));
  const shown = report.data;
  // Of what was asked for, and not of what was looked at before.
  const compared = before.data && before.data.from === asked?.before.from ? before.data : undefined;
  return (
    <>
      <div className="page-head">
        <h1>Shift</h1>
        {shown && <p className="dim">As of {clockTime(shown.asOf)}</p>}
        {shown && (
          <Button
            variant="default"
            leftSection={<Download size={15} aria-hidden="true" />}
            onClick={() => void saveCsv(shown)}
          >
            Save as CSV
          </Button>
        )}
      </div>
      <TimePicker choice={choice} lines={lines?.toSorted() ?? []} zones={ZONES} onChange={change} />
      {asked === null ? (
        <EmptyState icon={CalendarClock} title="Choose a time">
          {'problem' in time && time.problem !== '' ? time.problem : 'Fill in when it begins and when it ends.'}
        </EmptyState>
      ) : (
        <>
          <Heading time={asked} zone={zone} line={serviceLine} />
          {report.isPending ? (
            <LoadingRows rows={8} height={64} />
          ) : shown ? (
            <div aria-busy={report.isPlaceholderData} className={classes['report']}>
              {report.isError && <ProblemNotice error={report.error} retry={() => void report.refetch()} />}
              <Report report={shown} before={compared} time={asked} />
            </div>
          ) : (
            <ProblemNotice error={report.error} retry={() => void report.refetch()} alone />
          )}
        </>
      )}
    </>
  );
}

function Heading({
  time,
  zone,
  line,
}: {
  readonly time: ShiftTime;
  readonly zone: string;
  readonly line: string | null;
}) {
  return (
    <p className={classes['when']} role="status">
      <strong>{time.name}</strong>, {time.span} <span className="dim">({zone})</span>
      {line !== null && <>, {line}</>}
    </p>
  );
}

function Report({
  report,
  before,
  time,
}: {
  readonly report: ShiftReport;
  readonly before: ShiftReport | undefined;
  readonly time: ShiftTime;
}) {
  if (isEmpty(report.all))
    return (
      <EmptyState icon={Coffee} title="Nothing happened, and nothing is open">
        No task was made or is open, nobody was told of anything. Figures appear by themselves when a flow makes a task
        or raises an alert.
      </EmptyState>
    );
  return (
    <>
      {report.cut && (
        <p className={classes['cut']} role="note">
          More is kept of this time than can be looked at: the figures are of the newest. Choose a shorter time.
        </p>
      )}
      <FigureTiles now={report.all} before={before?.all} than={time.before.name} />
      <p className={`dim ${classes['compared']}`}>
        Compared with {time.before.name}: {time.before.span}. A dash: nothing was measured.
      </p>
      <ShiftCharts report={report} />
      <div className={classes['pair']}>
        <StateTable all={report.all} />
        <RoleTable byRole={report.byRole} />
      </div>
      <LineTable byServiceLine={report.byServiceLine} />
    </>
  );
}

async function saveCsv(report: ShiftReport): Promise<void> {
  const { shiftCsv } = await import('../../api/shift-csv.ts');
  download(`wardflow-shift-${fieldText(report.from, report.zone).replace(/[T:]/g, '-')}.csv`, shiftCsv(report));
}
