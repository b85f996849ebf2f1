import { Button } from '@mantine/core';
import { CircleCheck, CircleDashed, CircleX, FlaskConical, type LucideIcon } from 'lucide-react';
import type { ScenarioOutcome } from '../../api/proposal-contract.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { ScrollX } from '../feedback/scroll-x.tsx';
import { Hash } from '../signing/hash.tsx';
import type { Tone } from '../states/message-state.ts';
import { ToneMark } from '../states/state-mark.tsx';
import { useShownProposal } from './discussion.ts';
import { RunMark } from './proposal-looks.tsx';
import classes from './proposal-page.module.css';
import { useRerun } from './queries.ts';

type Outcome = ScenarioOutcome['after'];
const LOOKS: Readonly<Record<Outcome, { readonly text: string; readonly tone: Tone; readonly icon: LucideIcon }>> = {
  passed: { text: 'passed', tone: 'ok', icon: CircleCheck },
  failed: { text: 'failed', tone: 'danger', icon: CircleX },
  absent: { text: 'not there', tone: 'plain', icon: CircleDashed },
  'not-run': { text: 'not run', tone: 'plain', icon: CircleDashed },
};
const worst = ({ before, after }: ScenarioOutcome): number =>
  after === 'failed' ? (before === 'failed' ? 1 : 0) : before !== after ? 2 : 3;

/** What came out when the definition was run on a moved clock, before and after the change. */
export function ScenariosView() {
  const { number, scenarios, scenarioResults, scenariosHash, may } = useShownProposal();
  const rerun = useRerun(number);
  return (
    <section className="panel" aria-labelledby="scenarios">
      <div className="panel-head">
        <h2 id="scenarios">Scenarios</h2>
        <RunMark what="Scenarios" run={scenarios} />
        {may.rerun.yes && (
          <Button
            variant="default"
            loading={rerun.isPending || scenarios.state === 'running'}
            onClick={() => rerun.mutate('scenarios')}
          >
            Run again
          </Button>
        )}
      </div>
      {rerun.isError && <ProblemNotice error={rerun.error} />}
      {scenarioResults.length === 0 ? (
        <EmptyState
          icon={FlaskConical}
          title={scenarios.state === 'passed' ? 'There are no scenarios' : 'No results yet'}
        >
          Scenarios are files under <code>scenarios/</code> of a definition: what is sent, and what has to come of it.
        </EmptyState>
      ) : (
        <ScenarioTable />
      )}
      {scenariosHash && (
        <p className={classes['foot']}>
          Results <Hash of={scenariosHash} />: what approvers have seen.
        </p>
      )}
    </section>
  );
}

export function ScenarioTable() {
  const { scenarioResults } = useShownProposal();
  return (
    <ScrollX label="Scenarios, table">
      <table className="plain-table">
        <thead>
          <tr>
            <th>Scenario</th>
            <th>Before</th>
            <th>After</th>
          </tr>
        </thead>
        <tbody>
          {scenarioResults
            .toSorted((a, b) => worst(a) - worst(b))
            .map((one) => (
              <tr key={`${one.definition} ${one.scenario}`}>
                <td>
                  {one.title || one.scenario}
                  <br />
                  <span className="dim">
                    {one.definition} · <code>{one.scenario}</code>
                  </span>
                  {one.differences.length > 0 && (
                    <ul className={classes['differences']}>
                      {one.differences.map((sentence) => (
                        <li key={sentence}>{sentence}</li>
                      ))}
                    </ul>
                  )}
                </td>
                <td className="no-wrap">
                  <OutcomeMark outcome={one.before} />
                </td>
                <td className="no-wrap">
                  <OutcomeMark outcome={one.after} />
                </td>
              </tr>
            ))}
        </tbody>
      </table>
    </ScrollX>
  );
}

function OutcomeMark({ outcome }: { readonly outcome: Outcome }) {
  const { text, tone, icon } = LOOKS[outcome];
  return (
    <ToneMark tone={tone} icon={icon}>
      {text}
    </ToneMark>
  );
}
