import { Link } from 'wouter';
import { ScrollX } from '../feedback/scroll-x.tsx';
import { Age } from '../time/clocks.tsx';
import type { Backlog } from './figures.ts';

/** Who has open work and how old the oldest is, the longest waiting first. */
export function BacklogTable({ rows }: { readonly rows: readonly Backlog[] }) {
  if (rows.length === 0)
    return <p className="panel-body dim">Nothing is open: everything that arrived has been dealt with.</p>;
  return (
    <ScrollX label="Open work by subscription, table">
      <table className="plain-table">
        <thead>
          <tr>
            <th>Subscription</th>
            <th className="number">Oldest</th>
            <th className="number">Waiting</th>
            <th className="number">In work</th>
            <th className="number">Parked</th>
            <th className="number">Dead</th>
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
