import { Button } from '@mantine/core';
import { useState } from 'react';
import { useSearchParams } from 'wouter';
import type { EnvironmentView, ReleaseAnswer } from '../../api/release-contract.ts';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useProposal } from '../proposals/queries.ts';
import { useSession } from '../session/session.ts';
import { useSay } from '../shell/announcer.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { DriftPanel } from './drift-panel.tsx';
import { GlassSheet } from './glass-sheet.tsx';
import { History } from './history.tsx';
import { OutcomeNotice } from './outcome-notice.tsx';
import { PlanSheet, type Candidate } from './plan-sheet.tsx';
import { useEnvironment } from './queries.ts';
import { currentOf, nameOf, titleOf } from './release-words.ts';
import { RunsNow } from './runs-now.tsx';
import { WaitingPanel } from './waiting-panel.tsx';

/** What an environment runs, what may come next, and what was before. */
export default function EnvironmentPage({ name }: { readonly name: string }) {
  useDocumentTitle(nameOf(name));
  const environment = useEnvironment(name);
  return (
    <>
      {environment.isPending && <LoadingRows rows={8} height={48} />}
      {environment.isError && !environment.data && (
        <ProblemNotice error={environment.error} retry={() => void environment.refetch()} alone />
      )}
      {environment.data && <Shown view={environment.data} />}
    </>
  );
}

function Shown({ view }: { readonly view: EnvironmentView }) {
  const { may } = useSession();
  const say = useSay();
  const [search, setSearch] = useSearchParams();
  const [candidate, setCandidate] = useState<Candidate | null>(null);
  const [breaking, setBreaking] = useState(false);
  const [outcome, setOutcome] = useState<ReleaseAnswer | null>(null);
  const orders = may('release:order');
  const glass = beneathGlass(view);
  // A link from a proposal opens its plan.
  const wanted = Number(search.get('proposal') ?? 0);
  const close = (): void => {
    setCandidate(null);
    setBreaking(false);
    if (wanted > 0) setSearch({}, { replace: true });
  };
  const done = (answer: ReleaseAnswer): void => {
    setOutcome(answer);
    say(answer.applied === 'applied' ? `${nameOf(view.name)} runs it.` : 'It is ordered.');
    close();
  };
  return (
    <>
      <div className="page-head">
        <h1>{nameOf(view.name)}</h1>
        {orders && glass && (
          <Button onClick={() => setCandidate({ ...glass, back: true })}>End the emergency now…</Button>
        )}
        {orders && view.inForce && (
          <Button variant="default" color="red.8" onClick={() => setBreaking(true)}>
            Break glass…
          </Button>
        )}
      </div>
      {outcome && <OutcomeNotice name={view.name} outcome={outcome} onClose={() => setOutcome(null)} />}
      <RunsNow view={view} />
      <WaitingPanel view={view} onChoose={orders ? setCandidate : null} />
      <DriftPanel view={view} />
      <History view={view} onBack={orders ? setCandidate : null} />
      {candidate && <PlanSheet view={view} candidate={candidate} onClose={close} onDone={done} />}
      {!candidate && orders && wanted > 0 && <Linked number={wanted} {...{ view, close, done }} />}
      {breaking && <GlassSheet view={view} onClose={close} onDone={done} />}
    </>
  );
}

function Linked({
  view,
  number,
  close,
  done,
}: {
  readonly view: EnvironmentView;
  readonly number: number;
  readonly close: () => void;
  readonly done: (answer: ReleaseAnswer) => void;
}) {
  const proposal = useProposal(number).data;
  if (!proposal || proposal.environment !== view.name) return null;
  const { bundle, title } = proposal;
  return <PlanSheet view={view} candidate={{ bundle, title, back: false }} onClose={close} onDone={done} />;
}

/** While glass is broken: what was there before, and comes back by itself. */
function beneathGlass(view: EnvironmentView): { readonly bundle: string; readonly title: string } | null {
  if (view.inForce?.until === null) return null;
  const broken = currentOf(view);
  const under = view.releases.find(({ bundle, kind }) => bundle === broken?.previous && kind === 'order');
  return under ? { bundle: under.bundle, title: titleOf(under) } : null;
}
