import { Button } from '@mantine/core';
import { CircleCheck, Unplug } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { DifferenceList } from '../../api/runtime-shapes.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { VirtualList } from '../lists/virtual-list.tsx';
import { useSession } from '../session/session.ts';
import { Age } from '../time/clocks.tsx';
import { foundSentence, placeOf } from './difference-words.ts';
import classes from './operations.module.css';
import { useOpenDifferences } from './queries.ts';
import { SettleDifferenceSheet } from './settle-difference-sheet.tsx';

type Difference = DifferenceList['differences'][number];

/** What FHIR servers hold otherwise than flows wrote it: a person says what is to become of it. */
export function DifferencesView() {
  const { may } = useSession();
  const query = useOpenDifferences();
  const [chosen, setChosen] = useState<Difference | null>(null);
  const differences = query.data?.differences ?? [];
  return (
    <section className="panel" aria-label="Differences">
      {query.isPending ? (
        <LoadingRows rows={5} height={84} />
      ) : query.isError && !query.data ? (
        <ProblemNotice error={query.error} retry={() => void query.refetch()} />
      ) : differences.length === 0 ? (
        <EmptyState icon={CircleCheck} title="No differences">
          What flows wrote on FHIR servers was found there as it was written, as far as it has been looked at.
        </EmptyState>
      ) : (
        <>
          <p className={classes['explain']}>
            Flows wrote these, and the server holds something else now. Changes that others made to a resource are no
            difference. One that is found as written again goes by itself.
          </p>
          <VirtualList items={differences} keyOf={(one) => one.id} estimate={92} label="Differences">
            {(one) => (
              <div className={classes['group']}>
                <Unplug size={18} aria-hidden="true" className={classes['uncertain']} />
                <div className={classes['group-text']}>
                  <span>
                    <strong>{placeOf(one)}</strong> at {one.endpoint}
                  </span>
                  <span>{foundSentence(one)}</span>
                  <span className="dim">
                    {one.definition} · found <Age at={one.since} /> ago · written <Age at={one.writtenAt} /> ago ·{' '}
                    <Link href={`/messages/${one.messageId}`}>message</Link>
                  </span>
                </div>
                {may('effect:decide') && (
                  <span className={classes['group-acts']}>
                    <Button
                      variant="default"
                      onClick={() => setChosen(one)}
                      aria-label={`Settle: ${placeOf(one)} at ${one.endpoint}`}
                    >
                      Settle…
                    </Button>
                  </span>
                )}
              </div>
            )}
          </VirtualList>
        </>
      )}
      {chosen && <SettleDifferenceSheet difference={chosen} onClose={() => setChosen(null)} />}
    </section>
  );
}
