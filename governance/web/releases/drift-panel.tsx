import { Button } from '@mantine/core';
import type { EnvironmentView } from '../../api/release-contract.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { moment } from '../time/duration.ts';
import { useNow } from '../time/use-now.ts';
import { useLookAgain } from './queries.ts';
import classes from './releases.module.css';

/** How what is there differs from what was approved. */
export function DriftPanel({ view }: { readonly view: EnvironmentView }) {
  const now = useNow();
  const again = useLookAgain(view.name);
  const { runtime } = view;
  if (!runtime || (!view.inForce && runtime.drift.length === 0)) return null;
  const { drift, checkedAt } = runtime;
  return (
    <section className={`panel ${classes['below']}`} aria-labelledby="drift">
      <div className="panel-head">
        <h2 id="drift">Differences from what was approved</h2>
        <span className="dim">looked at {moment(checkedAt, now)}</span>
        <Button variant="default" loading={again.isPending} onClick={() => again.mutate()}>
          Look again
        </Button>
      </div>
      {again.isError && <ProblemNotice error={again.error} />}
      {drift.length === 0 ? (
        <p className="panel-body dim">
          None: what runs, its files, whom it trusts and the modules are as they were approved.
        </p>
      ) : (
        <ul className={classes['rows']}>
          {drift.map(({ code, subject, text, remedy, since }) => (
            <li key={`${code} ${subject}`} className={classes['row']} data-tone="danger">
              <div>
                <p>
                  <strong>{text}</strong>
                </p>
                <p>{remedy}</p>
                <p className="dim">Known since {moment(since, now)}.</p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
