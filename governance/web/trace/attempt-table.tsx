import type { WorkView } from '../../api/runtime-shapes.ts';
import { clockTime, duration } from '../time/duration.ts';
import { Unfold, useFolded } from './folded.tsx';

const OUTCOMES = {
  running: 'running now',
  done: 'done',
  retry: 'to be tried again',
  dead: 'failed for good',
  interrupted: 'interrupted',
  held: 'held for a person',
} as const;

/** Retries, where there were any. */
export function AttemptTable({ work }: { readonly work: readonly WorkView[] }) {
  const rows = work.flatMap((item) => item.attempts.map((attempt) => ({ item, attempt })));
  const { before, after, hidden, open } = useFolded(rows, SHOWN);
  if (!work.some((item) => item.attempts.length > 1)) return null;
  return (
    <section className="panel" aria-labelledby="attempts">
      <div className="panel-head">
        <h2 id="attempts">Attempts</h2>
        <span className="dim">{rows.length}</span>
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
          {before.map(rowOf)}
          {hidden > 0 && (
            <tr>
              <td colSpan={4}>
                <Unfold what={`${hidden} attempts in between`} onOpen={open} />
              </td>
            </tr>
          )}
          {after.map(rowOf)}
        </tbody>
      </table>
    </section>
  );
}

/** The first one, and how it went lately. */
const SHOWN = { first: 1, last: 4 };

const rowOf = ({ item, attempt }: { readonly item: WorkView; readonly attempt: WorkView['attempts'][number] }) => (
  <tr key={`${item.id} ${attempt.attempt}`}>
    <td className="number">{attempt.attempt}</td>
    <td>{clockTime(attempt.startedAt)}</td>
    <td>
      {OUTCOMES[attempt.outcome]}
      {attempt.failure && <div className="dim">{attempt.failure.text}</div>}
    </td>
    <td className="number">{attempt.endedAt === null ? '–' : duration(attempt.endedAt - attempt.startedAt)}</td>
  </tr>
);
