import '@mantine/charts/styles.css';
import { CompositeChart } from '@mantine/charts';
import { useId } from 'react';
import { ScrollX } from '../feedback/scroll-x.tsx';
import classes from './shift.module.css';

export interface ChartSeries {
  readonly key: string;
  readonly label: string;
  /** Bars and lines are told from each other without colour. */
  readonly type: 'bar' | 'line';
  readonly color: string;
  /** Beside the label; left out where a sum says nothing. */
  readonly sum?: string;
}
export interface ChartRow {
  readonly name: string;
  readonly values: Readonly<Record<string, number | null>>;
}

/** A time by the hour or the day to look at, and the same numbers as a table for whoever reads. */
export default function BucketChart({
  title,
  unit,
  rows,
  series,
  empty,
  text,
}: {
  readonly title: string;
  readonly unit: 'hour' | 'day';
  readonly rows: readonly ChartRow[];
  readonly series: readonly ChartSeries[];
  /** Said where no bucket has anything. */
  readonly empty: string;
  readonly text: (value: number | null) => string;
}) {
  const id = useId();
  const nothing = rows.every(({ values }) => series.every(({ key }) => (values[key] ?? 0) === 0));
  return (
    <section className={`panel ${classes['chart-panel']}`} aria-labelledby={id}>
      <div className="panel-head">
        <h2 id={id}>{title}</h2>
      </div>
      <div className={classes['chart']}>
        {nothing ? (
          <p className="dim">{empty}</p>
        ) : (
          <>
            <ul className={classes['legend']}>
              {series.map(({ key, label, type, color, sum }) => (
                <li key={key}>
                  <svg width="22" height="10" aria-hidden="true">
                    {type === 'bar' ? (
                      <rect x="5" y="0" width="12" height="10" fill={color} />
                    ) : (
                      <>
                        <line x1="0" y1="5" x2="22" y2="5" stroke={color} strokeWidth="2.5" />
                        <circle cx="11" cy="5" r="4" fill={color} />
                      </>
                    )}
                  </svg>
                  {sum !== undefined && <strong>{sum}</strong>} {label}
                </li>
              ))}
            </ul>
            <div aria-hidden="true">
              <CompositeChart
                h={180}
                data={rows.map(({ name, values }) => ({ name, ...values }))}
                dataKey="name"
                series={series.map(({ key, label, type, color }) => ({ name: key, label, type, color }))}
                curveType="linear"
                strokeWidth={2}
                dotProps={{ r: 3 }}
                maxBarWidth={28}
                gridAxis="x"
                gridProps={{ syncWithTicks: true }}
                tickLine="none"
                textColor="var(--wf-dim)"
                gridColor="var(--wf-line)"
                valueFormatter={text}
                yAxisProps={{ width: 40, allowDecimals: false }}
                xAxisProps={{ interval: 'preserveStartEnd', minTickGap: 24 }}
                barProps={{ isAnimationActive: false, radius: 2 }}
                lineProps={{ isAnimationActive: false }}
                composedChartProps={{ accessibilityLayer: false, margin: { top: 10, right: 5, bottom: 5, left: 5 } }}
              />
            </div>
            <details className={classes['as-table']}>
              <summary>As a table</summary>
              <ScrollX label={title}>
                <table className="plain-table">
                  <thead>
                    <tr>
                      <th scope="col">{unit === 'hour' ? 'From' : 'Day'}</th>
                      {series.map(({ key, label }) => (
                        <th key={key} scope="col" className="number">
                          {label}
                        </th>
                      ))}
                    </tr>
                  </thead>
                  <tbody>
                    {rows.map(({ name, values }, i) => (
                      <tr key={`${name} ${i}`}>
                        <td>{name}</td>
                        {series.map(({ key }) => (
                          <td key={key} className="number">
                            {text(values[key] ?? null)}
                          </td>
                        ))}
                      </tr>
                    ))}
                  </tbody>
                </table>
              </ScrollX>
            </details>
          </>
        )}
      </div>
    </section>
  );
}
