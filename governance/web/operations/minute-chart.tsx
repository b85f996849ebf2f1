import '@mantine/charts/styles.css';
import { AreaChart } from '@mantine/charts';
import { useId, useMemo } from 'react';
import type { MinuteFigures } from '../../api/runtime-shapes.ts';
import { clockTime } from '../time/duration.ts';
import { total } from './figures.ts';
import classes from './operations.module.css';

interface ChartSeries {
  readonly name: 'received' | 'settled' | 'retried' | 'died';
  readonly label: string;
  readonly color: string;
  /** Told from the others without colour. */
  readonly dashed?: boolean;
}

const hourAndMinute = (at: number): string => clockTime(at).slice(0, 5);

/** An hour by the minute to look at; the same numbers as a table for whoever reads. */
export default function MinuteChart({
  title,
  minutes,
  series,
  empty,
}: {
  readonly title: string;
  readonly minutes: readonly MinuteFigures[];
  readonly series: readonly ChartSeries[];
  readonly empty: string;
}) {
  const id = useId();
  const data = useMemo(() => minutes.map((minute) => ({ ...minute, time: hourAndMinute(minute.at) })), [minutes]);
  const nothing = series.every(({ name }) => total(minutes, name) === 0);
  return (
    <section className="panel" aria-labelledby={id}>
      <div className="panel-head">
        <h2 id={id}>{title} in the last hour</h2>
      </div>
      <div className={classes['chart']}>
        <ul className={classes['legend']}>
          {series.map(({ name, label, color, dashed }) => (
            <li key={name}>
              <svg width="22" height="8" aria-hidden="true">
                <line
                  x1="0"
                  y1="4"
                  x2="22"
                  y2="4"
                  stroke={color}
                  strokeWidth="2.5"
                  {...(dashed ? { strokeDasharray: '5 3' } : {})}
                />
              </svg>
              <strong>{total(minutes, name).toLocaleString('en-GB')}</strong> {label}
            </li>
          ))}
        </ul>
        {nothing ? (
          <p className="dim">{empty}</p>
        ) : (
          <>
            <div aria-hidden="true">
              <AreaChart
                h={190}
                data={data}
                dataKey="time"
                series={series.map(({ name, label, color, dashed }) => ({
                  name,
                  label,
                  color,
                  ...(dashed ? { strokeDasharray: '5 3' } : {}),
                }))}
                curveType="monotone"
                withDots={false}
                withGradient={false}
                fillOpacity={0.1}
                strokeWidth={2}
                gridAxis="x"
                gridProps={{ syncWithTicks: true }}
                tickLine="none"
                textColor="var(--wf-dim)"
                gridColor="var(--wf-line)"
                yAxisProps={{ width: 36, allowDecimals: false }}
                xAxisProps={{ interval: 'preserveStartEnd', minTickGap: 48 }}
                areaProps={{ isAnimationActive: false }}
                areaChartProps={{ accessibilityLayer: false, margin: { top: 10, right: 5, bottom: 5, left: 5 } }}
              />
            </div>
            <details className={classes['as-table']}>
              <summary>As a table</summary>
              <div className={classes['table-scroll']} role="region" aria-label={`${title} by the minute`} tabIndex={0}>
                <table className="plain-table">
                  <thead>
                    <tr>
                      <th>Minute</th>
                      {series.map(({ name, label }) => (
                        <th key={name} className="number">
                          {label}
                        </th>
                      ))}
                    </tr>
                  </thead>
                  <tbody>
                    {minutes.toReversed().map((minute) => (
                      <tr key={minute.at}>
                        <td>{hourAndMinute(minute.at)}</td>
                        {series.map(({ name }) => (
                          <td key={name} className="number">
                            {minute[name]}
                          </td>
                        ))}
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </details>
          </>
        )}
      </div>
    </section>
  );
}
