import { Link } from 'wouter';
import { ScrollX } from '../feedback/scroll-x.tsx';
import { Age } from '../time/clocks.tsx';
import { WORK_WORDS } from '../../api/message-words.ts';
import { OPEN_STATES, type Backlog } from './figures.ts';

/** Who has open work and how old the oldest is, the longest waiting first. */
export function BacklogTable({ rows }: { readonly rows: readonly Backlog[] }) {
  if (rows.length === 0)
    return <p className="panel-body dim">Nothing is open: everything that arrived has been dealt with.</p>;
  return (
    <ScrollX stacked label="Open work by subscription, table">
      <table className="plain-table">
        <thead>
          <tr>
            <th>Subscription</th>
            <th className="number">Oldest</th>
            {OPEN_STATES.map((state) => (
              <th key={state} className="number">
                {WORK_WORDS[state]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ subscription, depth, oldest }) => (
            <tr key={subscription}>
              <td>{subscription}</td>
              <td className="number">{oldest === null ? '–' : <Age at={oldest} />}</td>
              <td className="number">{depth.waiting.toLocaleString('en-GB')}</td>
              <td className="number">{depth.claimed.toLocaleString('en-GB')}</td>
              <td className="number">{depth.parked.toLocaleString('en-GB')}</td>
              <td className="number">
                {depth.dead === 0 ? 0 : <Link href="/operations/triage">{depth.dead.toLocaleString('en-GB')}</Link>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}
