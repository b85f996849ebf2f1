import { ChangeWords } from './change-words.tsx';
import { Evidence, Seats } from './change-view.tsx';
import { FindingList } from './checks-view.tsx';
import { tablesOf, type Compared } from './compared.ts';
import { useShownProposal } from './discussion.ts';
import { HistoryTable } from './history-view.tsx';
import classes from './printed-proposal.module.css';
import { ProposalStateMark, RiskMark } from './proposal-looks.tsx';
import { TableDiffPanel } from './rules-view.tsx';
import { ScenarioTable } from './scenarios-view.tsx';
import { stateSentence } from './state-sentence.ts';

/** What somebody files: the words, the tables, checks, scenario results, who signed, and the hashes in full. */
export function PrintedProposal({ compared }: { readonly compared: readonly Compared[] | null }) {
  const view = useShownProposal();
  return (
    <article className={classes['paper']}>
      <p>
        Wardflow, proposal #{view.number} for {view.environment}, revision {view.revision}
      </p>
      <h1>{view.headline || view.title}</h1>
      <p>
        <ProposalStateMark proposal={view} /> <RiskMark risk={view.risk} /> {view.title}, by {view.author}
      </p>
      <p>
        <strong>{stateSentence(view)}</strong>
      </p>
      <section className="panel" aria-labelledby="printed-words">
        <div className="panel-head">
          <h2 id="printed-words">What changes</h2>
        </div>
        <ChangeWords printed />
      </section>
      <p className={classes['prose']}>{view.summary}</p>
      {compared === null && <p>The rule tables had not been loaded when this was printed.</p>}
      {compared &&
        tablesOf(compared).map((table) => (
          <TableDiffPanel key={`${table.definition} ${table.file}`} table={table} whole />
        ))}
      <Seats />
      <Evidence />
      {view.findings.length > 0 && (
        <section className="panel" aria-labelledby="printed-checks">
          <div className="panel-head">
            <h2 id="printed-checks">Checks</h2>
          </div>
          <FindingList title="" findings={view.findings} />
        </section>
      )}
      {view.scenarioResults.length > 0 && (
        <section className="panel" aria-labelledby="printed-scenarios">
          <div className="panel-head">
            <h2 id="printed-scenarios">Scenarios</h2>
          </div>
          <ScenarioTable />
        </section>
      )}
      <section className="panel" aria-labelledby="printed-history">
        <div className="panel-head">
          <h2 id="printed-history">History</h2>
        </div>
        <HistoryTable />
      </section>
    </article>
  );
}
