import type { ProposalEvent } from '../../api/proposal-contract.ts';
import { ScrollX } from '../feedback/scroll-x.tsx';
import { exactTime } from '../time/duration.ts';
import { useShownProposal } from './discussion.ts';

const KINDS: Readonly<Record<ProposalEvent['kind'], string>> = {
  created: 'Proposed',
  revised: 'Revised',
  signed: 'Signed by its author',
  approved: 'Approved',
  rejected: 'Rejected',
  withdrawn: 'Withdrawn',
  checked: 'Checked',
  'scenarios-run': 'Scenarios run',
  released: 'Released',
  outdated: 'Outdated',
};

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
              <td>
                <strong>{KINDS[event.kind]}.</strong> {event.text}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}
