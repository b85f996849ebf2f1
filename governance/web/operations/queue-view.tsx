import { lazy, Suspense, type ReactNode } from 'react';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { Age } from '../time/clocks.tsx';
import { clockTime } from '../time/duration.ts';
import { BacklogTable } from './backlog-table.tsx';
import { EndpointPanel } from './endpoint-panel.tsx';
import { backlogs, depthByLane, everyMinute, percent, retryRate, total } from './figures.ts';
import { LaneDepth } from './lane-depth.tsx';
import classes from './operations.module.css';
import { useQueue, useSeries } from './queries.ts';

/** The chart library is larger than all the rest of these pages. */
const MinuteChart = lazy(() => import('./minute-chart.tsx'));

/** Do messages flow, how fast, and what waits where. */
export function QueueView() {
  const series = useSeries();
  const queue = useQueue();
  if (series.isPending || queue.isPending) return <LoadingRows rows={8} height={64} />;
  if (!series.data || !queue.data)
    return (
      <ProblemNotice
        error={series.error ?? queue.error}
        retry={() => {
          void series.refetch();
          void queue.refetch();
        }}
      />
    );
  const minutes = everyMinute(series.data);
  const recent = minutes.slice(-5);
  const rows = backlogs(queue.data);
  const oldest = rows[0]?.oldest ?? null;
  const rate = retryRate(recent);
  const hour = retryRate(minutes);

  return (
    <>
      <dl className={classes['figures']}>
        <Figure
          name="Received"
          value={total(recent, 'received').toLocaleString('en-GB')}
          note="in the last 5 minutes"
        />
        <Figure
          name="Settled"
          value={total(recent, 'settled').toLocaleString('en-GB')}
          note="work items, last 5 minutes"
        />
        <Figure
          name="Retry rate"
          value={rate === null ? '–' : percent(rate)}
          note={hour === null ? 'no attempt ended in this hour' : `${percent(hour)} over the last hour`}
          alarm={rate !== null && rate >= 0.2}
        />
        <Figure
          name="Oldest that waits"
          value={oldest === null ? '–' : <Age at={oldest} />}
          note={oldest === null ? 'nothing waits' : (rows[0]?.subscription ?? '')}
        />
      </dl>
      <Suspense fallback={<LoadingRows rows={2} height={140} />}>
        <div className={classes['charts']}>
          <MinuteChart
            title="Throughput"
            minutes={minutes}
            series={[
              { name: 'received', label: 'messages received', color: 'var(--wf-info)' },
              { name: 'settled', label: 'work items settled', color: 'var(--wf-ok)', dashed: true },
            ]}
            empty="Nothing was received or settled in the last hour."
          />
          <MinuteChart
            title="Trouble"
            minutes={minutes}
            series={[
              { name: 'retried', label: 'attempts retried', color: 'var(--wf-warn)' },
              { name: 'died', label: 'dead letters', color: 'var(--wf-danger)', dashed: true },
            ]}
            empty="Nothing was retried and nothing died in the last hour."
          />
        </div>
      </Suspense>
      <div className={classes['columns']}>
        <section className="panel" aria-labelledby="lanes">
          <div className="panel-head">
            <h2 id="lanes">Open work by lane</h2>
            <span className="dim">as of {clockTime(queue.data.asOf)}</span>
          </div>
          <LaneDepth lanes={depthByLane(queue.data)} />
        </section>
        <section className="panel" aria-labelledby="backlog">
          <div className="panel-head">
            <h2 id="backlog">Open work by subscription</h2>
          </div>
          <BacklogTable rows={rows} />
        </section>
        <EndpointPanel />
      </div>
    </>
  );
}

function Figure({
  name,
  value,
  note,
  alarm = false,
}: {
  readonly name: string;
  readonly value: ReactNode;
  readonly note: string;
  readonly alarm?: boolean;
}) {
  return (
    <div className={`panel ${classes['figure']}`} data-alarm={alarm}>
      <dt>{name}</dt>
      <dd className={classes['value']}>{value}</dd>
      <dd className="dim">{note}</dd>
    </div>
  );
}
