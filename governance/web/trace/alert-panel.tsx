import { Link } from 'wouter';
import { becauseOf, lookOf } from '../alerts/alert-words.ts';
import classes from '../alerts/alerts.module.css';
import { useAlertsOf, useHeldBack } from '../alerts/queries.ts';
import { ToldLine } from '../alerts/told-line.tsx';
import { ToneMark } from '../states/state-mark.tsx';

/** Whom this message had told, and what of it was held back. */
export function AlertPanel({ messageId }: { readonly messageId: string }) {
  const alerts = useAlertsOf(messageId).data?.alerts ?? [];
  const heldBack = useHeldBack(messageId).data?.heldBack ?? [];
  if (alerts.length + heldBack.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="alerts">
      <div className="panel-head">
        <h2 id="alerts">{alerts.length === 1 ? 'Alert' : 'Alerts'}</h2>
      </div>
      {alerts.map((alert) => {
        const { label, tone, icon } = lookOf(alert);
        return (
          <article key={alert.id} className={classes['of-message']}>
            <Link href={`/alerts/${alert.id}`} className={classes['title'] ?? ''}>
              {alert.title}
            </Link>
            <ToneMark tone={tone} icon={icon}>
              {label}
            </ToneMark>
            <ToldLine alert={alert} />
          </article>
        );
      })}
      {heldBack.map((one) => (
        <p key={`${one.group} ${one.because}`} className={classes['of-message']}>
          <span>
            {becauseOf(one)}:{' '}
            {one.because === 'suppressed' ? one.by : <Link href={`/alerts/${one.by}`}>see the alert</Link>}
          </span>
        </p>
      ))}
    </section>
  );
}
