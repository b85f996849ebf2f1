import { CircleCheck, CircleDashed, Clock, OctagonAlert, Power, RefreshCw } from 'lucide-react';
import { Fragment } from 'react';
import { Link } from 'wouter';
import type { SubscriptionView } from '../../api/runtime-shapes.ts';
import { ScrollX } from '../feedback/scroll-x.tsx';
import { ToneMark } from '../states/state-mark.tsx';
import { Age } from '../time/clocks.tsx';
import classes from './overview.module.css';

const STATES = {
  polling: { tone: 'info', icon: RefreshCw, text: 'Polls only' },
  requested: { tone: 'info', icon: CircleDashed, text: 'Asked for' },
  active: { tone: 'ok', icon: CircleCheck, text: 'Notifies' },
  overdue: { tone: 'warn', icon: Clock, text: 'Overdue' },
  error: { tone: 'danger', icon: OctagonAlert, text: 'Stopped' },
  off: { tone: 'info', icon: Power, text: 'Off' },
} as const;

/** How changes of FHIR servers come in; nothing where no flow watches any. */
export function SubscriptionTable({ subscriptions }: { readonly subscriptions: readonly SubscriptionView[] }) {
  if (subscriptions.length === 0) return null;
  return (
    <section className={`panel ${classes['whole'] ?? ''}`} aria-labelledby="subscriptions">
      <div className="panel-head">
        <h2 id="subscriptions">Subscriptions</h2>
      </div>
      <ScrollX stacked label="Subscriptions, table">
        <table className="plain-table">
          <thead>
            <tr>
              <th>Subscription</th>
              <th>State</th>
              <th>Watches</th>
              <th className="number">Last notified</th>
              <th className="number">Since the start</th>
            </tr>
          </thead>
          <tbody>
            {subscriptions.map((one) => (
              <Fragment key={one.name}>
                <tr>
                  <td>
                    <Link href={`/messages?feed=${encodeURIComponent(one.name)}`}>{one.name}</Link>
                  </td>
                  <td>
                    <ToneMark tone={STATES[one.state].tone} icon={STATES[one.state].icon}>
                      {STATES[one.state].text}
                    </ToneMark>
                  </td>
                  <td className={classes['watches']}>
                    <span className="mono">{one.watches}</span>
                    <div className="dim">at {one.endpoint}</div>
                  </td>
                  <td className="number">
                    <Moment at={one.heardAt} none={one.state === 'polling' ? 'never' : 'not yet'} />
                    <div className="dim">
                      polled <Moment at={one.polledAt} none="not yet" />
                    </div>
                  </td>
                  <td className="number">
                    {one.counts.notifications} told
                    <div className="dim">{one.counts.polled} by polls</div>
                  </td>
                </tr>
                {notesOf(one).map((note) => (
                  <tr key={note} className="continued">
                    <td colSpan={5} className="dim">
                      {note}
                    </td>
                  </tr>
                ))}
              </Fragment>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </section>
  );
}

function Moment({ at, none }: { readonly at: number | null; readonly none: string }) {
  if (at === null) return <>{none}</>;
  return (
    <>
      <Age at={at} /> ago
    </>
  );
}

/** What somebody may have to do something about. */
function notesOf({ trouble, gapSince, gaps, missed, counts }: SubscriptionView): readonly string[] {
  return [
    ...(trouble === null ? [] : [trouble.text]),
    ...(gapSince === null ? [] : ['An event is missing; it is asked for in a moment.']),
    ...(missed > 0
      ? [`The poll found ${missed} that no notification had told of: look at the way from the server.`]
      : []),
    ...(counts.refused > 0
      ? [`${counts.refused} came to its address and were refused: for a wrong secret, a wrong form, or too many.`]
      : []),
    ...(gaps > 0 ? [`${gaps === 1 ? 'One gap' : `${gaps} gaps`} of events found and closed.`] : []),
  ];
}
