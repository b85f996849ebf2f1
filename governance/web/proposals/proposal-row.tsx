import { Siren } from 'lucide-react';
import { Link } from 'wouter';
import type { ProposalSummary } from '../../api/proposal-contract.ts';
import { ToneMark } from '../states/state-mark.tsx';
import { Age } from '../time/clocks.tsx';
import { ASKS, ProposalStateMark, RiskMark, RunMark } from './proposal-looks.tsx';
import { withArrows } from './value-text.ts';
import classes from './proposal-list.module.css';

/** What it changes, how grave that is, and who waits for whom. */
export function ProposalRow({ proposal }: { readonly proposal: ProposalSummary }) {
  const { number, title, headline, author, updatedAt, approvals, waitsFor, asksYou, environment } = proposal;
  const over = ['released', 'rejected', 'withdrawn'].includes(proposal.state);
  return (
    <div className={classes['row']}>
      <div className={classes['words']}>
        <Link href={`/proposals/${number}`} className={classes['title'] ?? ''} data-open>
          <span className={classes['headline']}>{withArrows(headline || title)}</span>
        </Link>
        <span className="dim">
          #{number} {headline ? title : ''} · {proposal.definitions.join(', ')} · {author} for {environment} ·{' '}
          <Age at={updatedAt} /> ago
        </span>
      </div>
      <div className={classes['marks']}>
        <ProposalStateMark proposal={proposal} />
        <RiskMark risk={proposal.risk} />
        {proposal.followsBreakGlass && (
          <ToneMark tone="danger" icon={Siren}>
            after break-glass
          </ToneMark>
        )}
        <RunMark what="Checks" run={proposal.checks} />
        <RunMark what="Scenarios" run={proposal.scenarios} />
      </div>
      {!over && (
        <p className={classes['waits']}>
          {asksYou ? <strong className={classes['asks']}>{ASKS[asksYou] ?? 'It waits for you'}. </strong> : null}
          <span className="dim">
            {approvals.given} of {approvals.needed} approvals{waitsFor ? `; waits for ${waitsFor}` : ''}
          </span>
        </p>
      )}
    </div>
  );
}
