import { CircleCheck } from 'lucide-react';
import { Link } from 'wouter';
import type { HeldBackAlert } from '../../api/runtime-shapes.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { VirtualList } from '../lists/virtual-list.tsx';
import { moment } from '../time/duration.ts';
import { becauseOf } from './alert-words.ts';
import classes from './alerts.module.css';
import { MOST_SHOWN, useHeldBack } from './queries.ts';

/** What nobody was told, and by which rule: silence is always somebody's rule. */
export function HeldBackView() {
  const query = useHeldBack();
  const rows = query.data?.heldBack ?? [];
  return (
    <section className="panel" aria-label="Held back">
      {query.isPending ? (
        <LoadingRows rows={8} height={56} />
      ) : query.isError && !query.data ? (
        <ProblemNotice error={query.error} retry={() => void query.refetch()} />
      ) : rows.length === 0 ? (
        <EmptyState icon={CircleCheck} title="Nothing was held back">
          Whatever a policy suppresses, counts to an open alert or lets cool down stands here, with the rule that did
          it.
        </EmptyState>
      ) : (
        <>
          {rows.length >= MOST_SHOWN && (
            <p className={classes['more']}>The newest {MOST_SHOWN.toLocaleString('en-GB')} are shown.</p>
          )}
          <VirtualList items={rows} keyOf={keyOf} estimate={60} label="Held back">
            {(one) => <HeldBackRow one={one} />}
          </VirtualList>
        </>
      )}
    </section>
  );
}

const keyOf = ({ messageId, group, because, at }: HeldBackAlert): string => `${messageId} ${group} ${because} ${at}`;

export function HeldBackRow({ one }: { readonly one: HeldBackAlert }) {
  const { at, tier, policy, messageId, because, by } = one;
  return (
    <div className={classes['held']}>
      <span className={classes['held-at']}>{moment(at, Date.now())}</span>
      <span className={classes['held-why']}>
        <strong>{becauseOf(one)}</strong>
        {because === 'suppressed' ? (
          <span>{by}</span>
        ) : (
          <Link href={`/alerts/${by}`}>{because === 'joined' ? 'the alert' : 'the alert before'}</Link>
        )}
      </span>
      <span className={classes['about']}>
        <span className={classes['tier']}>{tier}</span>
        <span>{policy}</span>
        <Link href={`/messages/${messageId}`}>message</Link>
      </span>
    </div>
  );
}
