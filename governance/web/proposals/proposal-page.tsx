import { Button } from '@mantine/core';
import { Printer } from 'lucide-react';
import { lazy, Suspense, useEffect, useMemo, useRef } from 'react';
import { Link, Route, Switch, useLocation } from 'wouter';
import type { ProposalFiles, ProposalView } from '../../api/proposal-contract.ts';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { moment } from '../time/duration.ts';
import { ChangeView } from './change-view.tsx';
import { ChecksView } from './checks-view.tsx';
import { changeCount, compare, filesOfAll, flowsOf, tablesOf } from './compared.ts';
import { ProposalContext } from './discussion.ts';
import { DiscussionView } from './discussion-view.tsx';
import { FilesView } from './files-view.tsx';
import { HistoryView } from './history-view.tsx';
import { NextStep } from './next-step.tsx';
import { PrintedProposal } from './printed-proposal.tsx';
import { ProposalStateMark, RiskMark } from './proposal-looks.tsx';
import tabClasses from '../lists/tabs.module.css';
import classes from './proposal-page.module.css';
import { useProposal, useProposalFiles } from './queries.ts';
import { RulesView } from './rules-view.tsx';
import { ScenariosView } from './scenarios-view.tsx';
import { usePrinting } from './use-printing.ts';
import { withArrows } from './value-text.ts';

/** The canvas is large, and not every reader looks at it. */
const FlowView = lazy(() => import('./flow-view.tsx'));

/** One proposal: what it changes in words first, then every way to look closer, each with an address of its own. */
export default function ProposalPage({ number }: { readonly number: number }) {
  const proposal = useProposal(number);
  const files = useProposalFiles(number, proposal.data?.bundle);
  const printing = usePrinting();
  useDocumentTitle(`Proposal ${number}`);
  if (proposal.isPending) return <LoadingRows rows={8} />;
  if (!proposal.data) return <ProblemNotice error={proposal.error} retry={() => void proposal.refetch()} />;
  return (
    <ProposalContext value={proposal.data}>
      <Shown
        view={proposal.data}
        files={files.data}
        filesError={files.isError ? files.error : null}
        printing={printing}
      />
    </ProposalContext>
  );
}

function Shown({
  view,
  files,
  filesError,
  printing,
}: {
  readonly view: ProposalView;
  readonly files: ProposalFiles | undefined;
  readonly filesError: unknown;
  readonly printing: boolean;
}) {
  // Once for one revision: a picture that is looked at must not begin anew when somebody comments.
  const parts = useMemo(() => {
    const compared = files ? compare(files) : null;
    return compared && { compared, flows: flowsOf(compared), tables: tablesOf(compared), files: filesOfAll(compared) };
  }, [files]);
  const compared = parts?.compared ?? null;
  if (printing) return <PrintedProposal compared={compared} />;
  return (
    <>
      <header className={classes['head']}>
        <p className="dim">
          <Link href="/proposals">Proposals</Link> / #{view.number}
        </p>
        <h1 data-long={(view.headline || view.title).length > 90} title={view.headline}>
          {withArrows(view.headline || view.title)}
        </h1>
        <div className={classes['marks']}>
          <ProposalStateMark proposal={view} />
          <RiskMark risk={view.risk} />
          <span className="dim">
            {view.headline && `${view.title} · `}
            {view.author} for {view.environment}, {moment(view.createdAt, Date.now())}
            {view.revision > 1 && `, revision ${view.revision}`}
          </span>
          <Button
            variant="subtle"
            size="compact-sm"
            className={classes['print'] ?? ''}
            leftSection={<Printer size={14} aria-hidden="true" />}
            onClick={() => window.print()}
          >
            Print
          </Button>
        </div>
      </header>
      <NextStep />
      <Tabs view={view} parts={parts} />
      {filesError !== null && <ProblemNotice error={filesError} />}
      <Switch>
        <Route path="/proposals/:number">
          <ChangeView />
        </Route>
        <Route path="/proposals/:number/checks" component={ChecksView} />
        <Route path="/proposals/:number/scenarios" component={ScenariosView} />
        <Route path="/proposals/:number/discussion" component={DiscussionView} />
        <Route path="/proposals/:number/history" component={HistoryView} />
        {parts === null ? (
          <Route>{filesError === null && <LoadingRows rows={6} />}</Route>
        ) : (
          <Switch>
            <Route path="/proposals/:number/flow">
              <Suspense fallback={<LoadingRows rows={6} />}>
                <FlowView flows={parts.flows} />
              </Suspense>
            </Route>
            <Route path="/proposals/:number/rules">
              <RulesView tables={parts.tables} />
            </Route>
            <Route path="/proposals/:number/files">
              <FilesView files={parts.files} compared={parts.compared} />
            </Route>
          </Switch>
        )}
      </Switch>
    </>
  );
}

interface Parts {
  readonly flows: ReturnType<typeof flowsOf>;
  readonly tables: ReturnType<typeof tablesOf>;
  readonly files: ReturnType<typeof filesOfAll>;
}

function Tabs({ view, parts }: { readonly view: ProposalView; readonly parts: Parts | null }) {
  const [place] = useLocation();
  const counts = parts && {
    flow: parts.flows.reduce((sum, { diff }) => sum + changeCount(diff), 0),
    rules: parts.tables.length,
    files: parts.files.length,
  };
  const unresolved = view.discussion.filter(({ resolved }) => !resolved).length;
  const tabs = [
    { path: '', label: 'What changes', count: null, alarm: false },
    { path: '/flow', label: 'Flow', count: counts?.flow ?? null, alarm: false },
    { path: '/rules', label: 'Rules', count: counts?.rules ?? null, alarm: false },
    { path: '/files', label: 'Files', count: counts?.files ?? null, alarm: false },
    { path: '/checks', label: 'Checks', count: view.findings.length, alarm: view.checks.failed > 0 },
    { path: '/scenarios', label: 'Scenarios', count: view.scenarioResults.length, alarm: view.scenarios.failed > 0 },
    { path: '/discussion', label: 'Discussion', count: unresolved, alarm: false },
    { path: '/history', label: 'History', count: null, alarm: false },
  ] as const;
  // On a narrow screen the tabs are wider than it.
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    bar.current?.querySelector('[aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' });
  }, [place, parts]);
  return (
    <nav ref={bar} className={tabClasses['tabs']} aria-label={`Proposal ${view.number}`}>
      {tabs.map(({ path, label, count, alarm }) => (
        <Link
          key={path}
          href={`/proposals/${view.number}${path}`}
          className={tabClasses['tab'] ?? ''}
          aria-current={place === `/proposals/${view.number}${path}` ? 'page' : undefined}
          data-alarm={alarm}
        >
          {label}
          {count !== null && count > 0 && <span className={tabClasses['count']}>{count}</span>}
        </Link>
      ))}
    </nav>
  );
}
