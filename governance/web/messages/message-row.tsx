import { RotateCw } from 'lucide-react';
import { memo } from 'react';
import { Link } from 'wouter';
import { HELD_BECAUSE } from '../../api/message-words.ts';
import type { MessageSummary } from '../../api/runtime-shapes.ts';
import { StateMark } from '../states/state-mark.tsx';
import { Age, Until } from '../time/clocks.tsx';
import { moment } from '../time/duration.ts';
import classes from './messages.module.css';
import { shortReason } from './short-reason.ts';

/** One message in one line, in the words of those who ask for it. */
export const MessageRow = memo(function MessageRow({
  message,
  index,
  top,
  height,
  onFocus,
}: {
  readonly message: MessageSummary;
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly onFocus: () => void;
}) {
  const { id, type, controlId, patientHint, feed, definitions, state, receivedAt, stateSince, reason, held, retryAt } =
    message;
  const to = definitions.length === 0 ? '' : ` → ${definitions.join(', ')}`;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      data-index={index}
      data-state={state}
      className={`${classes['row']} ${classes['message']}`}
      style={{ height, transform: `translateY(${top}px)` }}
    >
      <span role="cell" className={classes['state']}>
        <StateMark state={state} held={held} />
      </span>
      <span role="cell" className={classes['what']}>
        <Link href={`/messages/${id}`} className={classes['open'] ?? ''} onFocus={onFocus}>
          <span className={classes['type']}>{type ?? 'unknown type'}</span>
          <span className="mono">{controlId ?? 'no control id'}</span>
        </Link>
      </span>
      <span role="cell" className={classes['patient']}>
        {patientHint ?? '–'}
      </span>
      <span role="cell" className={classes['way']} title={`${feed}${to}`}>
        <span className="dim">{feed}</span>
        {to}
      </span>
      <span role="cell" className={classes['reason']} title={held?.sentence ?? reason?.text}>
        {held ? (
          HELD_BECAUSE[held.because]
        ) : reason ? (
          shortReason(reason)
        ) : message.recovered ? (
          <span className={classes['recovered']}>
            <RotateCw size={13} aria-hidden="true" /> recovered
          </span>
        ) : null}
      </span>
      <span role="cell" className={classes['received']}>
        {moment(receivedAt, Date.now())}
      </span>
      <span role="cell" className={classes['since']}>
        {state === 'waiting' && retryAt !== null ? (
          <>
            retry <Until at={retryAt} />
          </>
        ) : (
          <Age at={stateSince} />
        )}
      </span>
    </div>
  );
});
