import { Button } from '@mantine/core';
import { ShieldOff } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { TrustView } from '../../api/release-contract.ts';
import { policyInWords } from '../../trust/describe-trust.ts';
import { ApiError } from '../api/client.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useTrust } from '../proposals/queries.ts';
import { nameOf } from '../releases/release-words.ts';
import { useSession } from '../session/session.ts';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { Hash } from '../signing/hash.tsx';
import { ChangePanel } from './change-panel.tsx';
import { KeyTable } from './key-table.tsx';
import { ProposeSheet } from './propose-sheet.tsx';
import classes from './trust.module.css';

/** Whose keys count in an environment, under which policy, and what is about to change. */
export default function TrustPage({ environment }: { readonly environment: string }) {
  useDocumentTitle(`Trust in ${environment}`);
  const trust = useTrust(environment);
  const none = trust.error instanceof ApiError && trust.error.problem.status === 404;
  return (
    <>
      {trust.isPending && <LoadingRows rows={8} height={48} />}
      {none && (
        <EmptyState icon={ShieldOff} title={`${nameOf(environment)} trusts nobody yet`}>
          <p>
            People who are to decide make their keys under <Link href="/account">My account</Link>, come together, read
            out their keys, and make the first trust store: <code>npx wardflow trust init</code>.
          </p>
        </EmptyState>
      )}
      {trust.isError && !none && !trust.data && (
        <ProblemNotice error={trust.error} retry={() => void trust.refetch()} alone />
      )}
      {trust.data && !none && <Shown view={trust.data} />}
    </>
  );
}

function Shown({ view }: { readonly view: TrustView }) {
  const { may } = useSession();
  const [proposing, setProposing] = useState(false);
  const { environment, version, hash, policy, keys, changes } = view;
  return (
    <>
      <div className="page-head">
        <h1>Trust in {environment}</h1>
        <p className="dim">
          Version {version} <Hash of={hash} />
        </p>
        {may('trust:propose') && (
          <Button variant="default" onClick={() => setProposing(true)}>
            Propose a change…
          </Button>
        )}
      </div>
      {changes.map((change) => (
        <ChangePanel key={change.id} change={change} environment={environment} />
      ))}
      <section className={`panel ${classes['below']}`} aria-labelledby="people">
        <div className="panel-head">
          <h2 id="people">People and their keys</h2>
        </div>
        <KeyTable keys={keys} />
      </section>
      <section className={`panel ${classes['below']}`} aria-labelledby="policy">
        <div className="panel-head">
          <h2 id="policy">Policy</h2>
        </div>
        <ul className={classes['policy']}>
          {policyInWords(policy).map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </section>
      {proposing && <ProposeSheet view={view} onClose={() => setProposing(false)} />}
    </>
  );
}
