import type { MessageDetail } from '../../api/runtime-shapes.ts';
import { clockTimeWithMs, duration } from '../time/duration.ts';
import { Unfold, useFolded } from './folded.tsx';
import { lifeLine, type LifeEvent } from './life-line.ts';
import classes from './life-line.module.css';

/** Beginnings and ends are what people look for; forty tries of the same step lie between them. */
const SHOWN = { first: 6, last: 10 };

/** What happened, downwards in time, with the waits in between. */
export function LifeLine({ detail }: { readonly detail: MessageDetail }) {
  const { before, after, hidden, open } = useFolded(lifeLine(detail), SHOWN);
  return (
    <section className="panel" aria-labelledby="life">
      <div className="panel-head">
        <h2 id="life">Life line</h2>
      </div>
      <ol className={classes['line']}>
        {before.map(lineOf)}
        {hidden > 0 && (
          <li>
            <Unfold what={`${hidden} events in between`} onOpen={open} />
          </li>
        )}
        {after.map(lineOf)}
      </ol>
    </section>
  );
}

const lineOf = (event: LifeEvent, index: number) => (
  // Events are derived in order of time; two may share everything.
  <li key={`${event.at} ${index}`} data-tone={event.tone}>
    {event.after !== null && (
      <span className={classes['gap']} data-long={event.after > 1000}>
        {duration(event.after)}
        {event.gap && ` ${event.gap}`}
      </span>
    )}
    <span className={classes['dot']} aria-hidden="true" />
    <span className={classes['what']}>{event.what}</span>
    <time className={classes['at']}>{clockTimeWithMs(event.at)}</time>
    {event.detail && <span className={classes['detail']}>{event.detail}</span>}
  </li>
);
