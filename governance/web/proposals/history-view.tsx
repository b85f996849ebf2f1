import { ScrollX } from '../feedback/scroll-x.tsx';
import { exactTime } from '../time/duration.ts';
import { useShownProposal } from './discussion.ts';

/** What happened, newest first. */
export function HistoryView() {
  return (
    <section className="panel" aria-labelledby="history">
      <div className="panel-head">
        <h2 id="history">History</h2>
      </div>
      <HistoryTable />
    </section>
  );
}

export function HistoryTable() {
  const { history } = useShownProposal();
  return (
    <ScrollX label="History, table">
      <table className="plain-table">
        <thead>
          <tr>
            <th>When</th>
            <th>Who</th>
            <th>What</th>
          </tr>
        </thead>
        <tbody>
          {history.toReversed().map((event, i) => (
            <tr key={i}>
              <td className="no-wrap">{exactTime(event.at).slice(0, -4)}</td>
              <td className="no-wrap">{event.actor}</td>
              <td>{event.text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}
