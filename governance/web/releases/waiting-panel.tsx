import { Button } from '@mantine/core';
import { Link } from 'wouter';
import type { EnvironmentView } from '../../api/release-contract.ts';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useProposal, useProposals } from '../proposals/queries.ts';
import type { Candidate } from './plan-sheet.tsx';
import classes from './releases.module.css';

/** What is approved and waits to be promoted. */
export function WaitingPanel({
  view,
  onChoose,
}: {
  readonly view: EnvironmentView;
  /** `null`: the person may not order. */
  readonly onChoose: ((candidate: Candidate) => void) | null;
}) {
  const approved = useProposals({ state: 'approved', limit: 50 });
  const rows = (approved.data?.proposals ?? []).filter(({ environment }) => environment === view.name);
  return (
    <section className={`panel ${classes['below']}`} aria-labelledby="waiting">
      <div className="panel-head">
        <h2 id="waiting">Approved, waits to be promoted</h2>
      </div>
      {approved.isPending && <LoadingRows rows={2} />}
      {approved.isError && !approved.data && (
        <ProblemNotice error={approved.error} retry={() => void approved.refetch()} />
      )}
      {approved.data && rows.length === 0 && (
        <p className="panel-body dim">
          Nothing waits. <Link href="/proposals">Proposals</Link> appear here when those whom the policy names have
          approved them.
        </p>
      )}
      {rows.length > 0 && (
        <ul className={classes['rows']}>
          {rows.map((row) => (
            <li key={row.number} className={classes['row']}>
              <div>
                <p>
                  <Link href={`/proposals/${row.number}`}>
                    {row.number}: {row.title}
                  </Link>
                </p>
                <p className="dim">
                  {row.headline} · by {row.author}
                  {row.outdated === 'base' && ` · ${view.name} runs something else by now: it has to be made again`}
                  {row.outdated === 'policy' && ' · the policy has changed: it has to be approved again'}
                </p>
              </div>
              {onChoose && row.outdated === null && (
                <Choose number={row.number} title={row.title} onChoose={onChoose} />
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Choose({
  number,
  title,
  onChoose,
}: {
  readonly number: number;
  readonly title: string;
  readonly onChoose: (candidate: Candidate) => void;
}) {
  const bundle = useProposal(number).data?.bundle;
  return (
    <Button
      disabled={bundle === undefined}
      onClick={() => bundle !== undefined && onChoose({ bundle, title, back: false })}
      aria-label={`Promote: ${title}`}
    >
      Promote…
    </Button>
  );
}
