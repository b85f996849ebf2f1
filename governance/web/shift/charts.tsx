import { lazy, Suspense } from 'react';
import type { ShiftBucket, ShiftReport } from '../../api/runtime-shapes.ts';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { bucketName } from './shift-time.ts';
import { number } from './shift-words.ts';
import classes from './shift.module.css';

/** The chart library is larger than all the rest of this page. */
const BucketChart = lazy(() => import('./bucket-chart.tsx'));

const MINUTE_MS = 60_000;
const DAYS_FROM_MS = 2 * 86_400_000;

/** What the time was like, hour by hour or day by day, up to now. */
export function ShiftCharts({ report }: { readonly report: ShiftReport }) {
  const { zone, asOf } = report;
  const days = report.to - report.from >= DAYS_FROM_MS;
  const unit = days ? 'day' : 'hour';
  const past = report.buckets.filter(({ at }) => at <= asOf);
  const rows = (values: (bucket: ShiftBucket) => Readonly<Record<string, number | null>>) =>
    past.map((bucket) => ({ name: bucketName(bucket.at, zone, days), values: values(bucket) }));
  const sum = (of: (bucket: ShiftBucket) => number): string => number(past.reduce((all, one) => all + of(one), 0));
  return (
    <Suspense fallback={<LoadingRows rows={3} height={120} />}>
      <div className={classes['charts']}>
        <BucketChart
          title={`Tasks by the ${unit}`}
          unit={unit}
          rows={rows(({ created, completed }) => ({ created, completed }))}
          series={[
            { key: 'created', label: 'new', type: 'bar', color: 'var(--wf-info)', sum: sum((one) => one.created) },
            {
              key: 'completed',
              label: 'completed',
              type: 'line',
              color: 'var(--wf-ok)',
              sum: sum((one) => one.completed),
            },
          ]}
          empty="No task was made or completed in this time."
          text={(value) => (value === null ? '–' : number(value))}
        />
        <BucketChart
          title="Minutes until a task was taken over"
          unit={unit}
          rows={rows(({ toAcknowledge }) => ({ minutes: toAcknowledge === null ? null : minutes(toAcknowledge) }))}
          series={[{ key: 'minutes', label: 'median in minutes', type: 'line', color: 'var(--wf-accent)' }]}
          empty="Nobody took anything over in this time."
          text={(value) => (value === null ? '–' : String(value))}
        />
        <BucketChart
          title={`Alerts and escalations by the ${unit}`}
          unit={unit}
          rows={rows(({ alerts, escalationSteps }) => ({ alerts, escalationSteps }))}
          series={[
            {
              key: 'alerts',
              label: 'alerts told',
              type: 'bar',
              color: 'var(--wf-pause)',
              sum: sum((one) => one.alerts),
            },
            {
              key: 'escalationSteps',
              label: 'escalation steps',
              type: 'line',
              color: 'var(--wf-danger)',
              sum: sum((one) => one.escalationSteps),
            },
          ]}
          empty="No alert was told and no ladder took a step in this time."
          text={(value) => (value === null ? '–' : number(value))}
        />
      </div>
    </Suspense>
  );
}

const minutes = (ms: number): number => Math.round(ms / (MINUTE_MS / 10)) / 10;
