import { BellRing } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { useEscalations, useNotices } from '../api/queries.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { useSession } from '../session/session.ts';
import { Age } from '../time/clocks.tsx';
import classes from './notices.module.css';

/**
 * What escalations say to people at the console. `latest`: only those still open, that many, at the foot of the
 * navigation: a place of their own, so that they never lie over what somebody is reading.
 */
export function NoticeList({ latest, onGo }: { readonly latest?: number; readonly onGo?: () => void }) {
  const { may } = useSession();
  const all = useNotices().data?.notices ?? [];
  const open = new Map(useEscalations('open').data?.escalations.map((one) => [one.id, one]));
  const shown =
    latest === undefined
      ? all
      : all.filter((notice) => notice.escalationId !== null && open.has(notice.escalationId)).slice(0, latest);
  // The task is where it is answered.
  const taskOf = (escalation: string | null): string | undefined => {
    const task = may('task:list') && escalation !== null ? open.get(escalation)?.task : undefined;
    return task === undefined ? undefined : `/tasks/${task}`;
  };
  if (shown.length === 0)
    return latest === undefined ? (
      <EmptyState icon={BellRing} title="No notices">
        Escalation steps on the channel “console” appear here for 24 hours.
      </EmptyState>
    ) : null;
  return (
    <section aria-label="Notices" className={classes['list']}>
      {shown.map((notice) => (
        <Link
          key={notice.id}
          href={
            taskOf(notice.escalationId) ?? (notice.messageId === '' ? '/overview' : `/messages/${notice.messageId}`)
          }
          className={classes['notice'] ?? ''}
          data-open={notice.escalationId !== null && open.has(notice.escalationId)}
          onClick={() => onGo?.()}
        >
          <span className={classes['head']}>
            <BellRing size={14} aria-hidden="true" />
            <span className={classes['to']}>For {notice.to}</span>
            <Age at={notice.at} />
          </span>
          <span>{notice.text}</span>
        </Link>
      ))}
    </section>
  );
}

/** Of notices that come together. */
const MOST_READ_OUT = 3;

/** Reads new notices out, once each. */
export function NoticeReader() {
  const all = useNotices().data?.notices;
  const seen = useRef<ReadonlySet<string> | null>(null);
  const [text, setText] = useState('');
  useEffect(() => {
    if (!all) return;
    const before = seen.current;
    const fresh = before === null ? [] : all.filter(({ id }) => !before.has(id));
    seen.current = new Set(all.map(({ id }) => id));
    if (fresh.length === 0) return;
    const read = fresh.slice(0, MOST_READ_OUT).map((notice) => `Notice for ${notice.to}: ${notice.text}`);
    const more = fresh.length - read.length;
    setText([...read, ...(more > 0 ? [`And ${more} more notices.`] : [])].join(' '));
  }, [all]);
  return (
    <p className="visually-hidden" role="status">
      {text}
    </p>
  );
}
