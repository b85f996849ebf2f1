import type { WorkView } from '../../api/runtime-shapes.ts';
import { clockTime, duration } from '../time/duration.ts';

const OUTCOMES = {
  running: 'running now',
  done: 'done',
  retry: 'to be tried again',
  dead: 'failed for good',
  interrupted: 'interrupted',
} as const;

/** Retries, where there were any. */
export function AttemptTable({ work }: { readonly work: readonly WorkView[] }) {
  const rows = work.flatMap((item) => item.attempts.map((attempt) => ({ item, attempt })));
  if (!work.some((item) => item.attempts.length > 1)) return null;
  return (
    <section className="panel" aria-labelledby="attempts">
      <div className="panel-head">
        <h2 id="attempts">Attempts</h2>
      </div>
      <table className="plain-table">
        <thead>
          <tr>
            <th className="number">No.</th>
            <th>Began</th>
            <th>Outcome</th>
            <th className="number">Took</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ item, attempt }) => (
            <tr key={`${item.id} ${attempt.attempt}`}>
              <td className="number">{attempt.attempt}</td>
              <td>{clockTime(attempt.startedAt)}</td>
              <td>
                {OUTCOMES[attempt.outcome]}
                {attempt.failure && <div className="dim">{attempt.failure.text}</div>}
              </td>
              <td className="number">
                {attempt.endedAt === null ? '–' : duration(attempt.endedAt - attempt.startedAt)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
