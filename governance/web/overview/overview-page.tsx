import { Activity, CalendarClock, Hourglass, OctagonAlert } from 'lucide-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { fetchAudit, useEscalations, useStatus } from '../api/queries.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { StoreTroubleNotice } from '../feedback/store-trouble-notice.tsx';
import { useSession } from '../session/session.ts';
import { Age, Until } from '../time/clocks.tsx';
import { clockTime, moment, startOfDay } from '../time/duration.ts';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { SubscriptionTable } from './subscription-table.tsx';
import { EndpointTable, FeedTable } from './health-tables.tsx';
import { DefinitionTable } from './definition-table.tsx';
import classes from './overview.module.css';

/** The questions of a shift: do messages flow, what waits, what failed, who must be answered, what changed today. */
export function OverviewPage() {
  useDocumentTitle('Overview');
  const status = useStatus();
  const escalations = useEscalations('open').data?.escalations ?? [];
  if (status.isPending) return <LoadingRows rows={8} height={64} />;
  if (status.isError && !status.data) return <ProblemNotice error={status.error} retry={() => void status.refetch()} />;
  const { messages, feeds, endpoints, leftOut, definitions, asOf, oldestWaiting, storeTrouble } = status.data;

  const last = feeds.reduce<number | null>(
    (latest, feed) => Math.max(latest ?? 0, feed.lastMessageAt ?? 0) || null,
    null,
  );
  const waiting = messages.waiting + messages.parked + messages.accepted + messages.processing;
  const troubled = feeds.filter((feed) => feed.state !== 'listening').length;
  const soonest = escalations.flatMap((one) => one.nextAt ?? []).toSorted((a, b) => a - b)[0];

  return (
    <>
      <div className="page-head">
        <h1>Overview</h1>
        <span className="dim">as of {clockTime(asOf)}</span>
      </div>
      {storeTrouble && <StoreTroubleNotice trouble={storeTrouble} />}
      <div className={classes['tiles']}>
        <Tile
          href="/messages"
          icon={<Activity size={16} />}
          question="Are messages flowing?"
          number={messages.total}
          unit="messages received"
        >
          {last === null ? (
            feeds.length === 0 ? (
              'No feed is connected yet: add a feed node in the editor.'
            ) : (
              'Nothing has arrived yet.'
            )
          ) : (
            <>
              last one <Age at={last} /> ago
            </>
          )}
          {troubled > 0 && (
            <strong className={classes['bad']}>
              {' '}
              · {troubled === 1 ? 'one feed does' : `${troubled} feeds do`} not listen
            </strong>
          )}
        </Tile>
        <Tile
          href="/messages?tab=work"
          icon={<Hourglass size={16} />}
          question="What waits?"
          number={waiting}
          unit="in work, retrying, parked or held"
        >
          {oldestWaiting === null ? (
            'Nothing waits: everything that arrived has been dealt with.'
          ) : (
            <>
              the oldest for <Age at={oldestWaiting} />
            </>
          )}
        </Tile>
        <Tile
          href="/messages?tab=needs-you"
          icon={<OctagonAlert size={16} />}
          question="What failed, unresolved?"
          number={messages.dead}
          unit={messages.dead === 1 ? 'message needs somebody' : 'messages need somebody'}
          alarm={messages.dead > 0}
        >
          {messages.dead === 0 ? 'Nothing: every failure has been redriven or discarded.' : 'redrive or discard each'}
          {messages.quarantined > 0 && ` · ${messages.quarantined} more could not be read`}
        </Tile>
        <Tile
          href="/escalations"
          icon={<CalendarClock size={16} />}
          question="Who must be answered?"
          number={escalations.length}
          unit="escalations to acknowledge"
          alarm={escalations.length > 0}
        >
          {soonest === undefined ? (
            'Nobody waits for an answer.'
          ) : (
            <>
              next step <Until at={soonest} />
            </>
          )}
        </Tile>
      </div>
      <div className={classes['columns']}>
        <FeedTable feeds={feeds} acknowledgements={status.data.acknowledgements} />
        <EndpointTable endpoints={endpoints} leftOut={leftOut} />
        <SubscriptionTable subscriptions={status.data.subscriptions ?? []} />
        <DefinitionTable definitions={definitions} />
        <ChangedToday />
      </div>
    </>
  );
}

function Tile({
  href,
  icon,
  question,
  number,
  unit,
  alarm = false,
  children,
}: {
  readonly href: string;
  readonly icon: ReactNode;
  readonly question: string;
  readonly number: number;
  readonly unit: string;
  readonly alarm?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <Link href={href} className={`panel ${classes['tile']}`} data-alarm={alarm}>
      <span className={classes['question']}>
        <span aria-hidden="true">{icon}</span>
        {question}
      </span>
      <span className={classes['figure']}>
        <strong>{number.toLocaleString('en-GB')}</strong> {unit}
      </span>
      <span className="dim">{children}</span>
    </Link>
  );
}

/** Types of records that say that something about the system changed, rather than that it did its work. */
const CHANGES = /^(definition|binding|runtime|switch|account|policy)\./;

function ChangedToday() {
  const { may } = useSession();
  const since = startOfDay(Date.now());
  const audit = useQuery({
    queryKey: ['audit', 'today', since],
    enabled: may('audit:read'),
    queryFn: () => fetchAudit({ since, limit: 1000 }),
    refetchInterval: 60_000,
  });
  if (!may('audit:read')) return null;
  const changes = (audit.data?.records ?? []).filter((record) => CHANGES.test(record.type)).slice(0, 8);
  return (
    <section className="panel" aria-labelledby="changed">
      <div className="panel-head">
        <h2 id="changed">What changed today?</h2>
        <Link href="/audit">All of the audit</Link>
      </div>
      {changes.length === 0 ? (
        <p className="panel-body dim">Nothing was deployed or configured today.</p>
      ) : (
        <ul className={classes['changes']}>
          {changes.map((record) => (
            <li key={record.seq}>
              <time className="dim mono">{moment(record.at, Date.now())}</time>
              <span>{record.sentence}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
