import { Button } from '@mantine/core';
import { Merge } from 'lucide-react';
import { useState } from 'react';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { VirtualList } from '../lists/virtual-list.tsx';
import classes from '../operations/operations.module.css';
import { useSession } from '../session/session.ts';
import { Age } from '../time/clocks.tsx';
import own from './identities.module.css';
import { mergeWords, shortKey, whoOf } from './identity-words.ts';
import { MessageName } from './message-name.tsx';
import { NumberKey } from './number-key.tsx';
import { useMerges, type MergeLink } from './queries.ts';
import { UndoSheet } from './undo-sheet.tsx';
import { useRowKeys } from './use-row-keys.ts';

/** Numbers that messages and people made one patient, and what was taken back of it. */
export function MergesView() {
  const { may } = useSession();
  const [chosen, setChosen] = useState<MergeLink | null>(null);
  const query = useMerges();
  const links = query.data?.pages.flatMap((page) => page.links) ?? [];
  const decides = may('identity:decide');
  const choose = (link: MergeLink): void => {
    if (link.undone === null) setChosen(link);
  };
  const place = useRowKeys('Merges', links, decides ? { keys: 'u', what: 'Take back', run: choose } : null);
  const more = (): void => {
    if (query.hasNextPage && !query.isFetching) void query.fetchNextPage();
  };
  return (
    <section ref={place} className="panel" aria-label="Merges">
      {query.isError && <ProblemNotice error={query.error} retry={() => void query.refetch()} />}
      {query.isPending ? (
        <LoadingRows rows={5} height={92} />
      ) : !query.data ? null : links.length === 0 ? (
        <EmptyState icon={Merge} title="No merges">
          No message has merged or renumbered a patient, and nobody has joined two numbers.
        </EmptyState>
      ) : (
        <>
          <p className={classes['explain']}>
            Each says that one number is known by another. Nothing was rewritten: a merge that was wrong can be taken
            back. Of several for one number the latest counts.
          </p>
          <VirtualList
            items={links}
            keyOf={(one) => one.id}
            estimate={92}
            label="Merges"
            onNearEnd={query.isError ? undefined : more}
          >
            {(one) => (
              <div className={classes['group']}>
                <Merge size={18} aria-hidden="true" className={`${classes['uncertain']} ${own['calm']}`} />
                <div className={classes['group-text']}>
                  <strong>{mergeWords(one)}</strong>
                  {one.reason !== null && <span>{one.reason}</span>}
                  {one.undone && (
                    <span>
                      <strong>Taken back</strong> by {whoOf(one.undone.by)} <Age at={one.undone.at} /> ago:{' '}
                      {one.undone.reason}
                    </span>
                  )}
                  <span>
                    <Age at={one.at} /> ago: <MessageName message={one.message} opens />
                  </span>
                  <span className="dim">
                    <NumberKey of={one.prior} /> is now <NumberKey of={one.survivor} />
                  </span>
                </div>
                {decides && one.undone === null && (
                  <span className={classes['group-acts']}>
                    <Button
                      variant="default"
                      onClick={() => setChosen(one)}
                      aria-label={`Take back: ${shortKey(one.prior)} is now ${shortKey(one.survivor)}`}
                    >
                      Take back…
                    </Button>
                  </span>
                )}
              </div>
            )}
          </VirtualList>
        </>
      )}
      {chosen && <UndoSheet key={chosen.id} link={chosen} onClose={() => setChosen(null)} />}
    </section>
  );
}
