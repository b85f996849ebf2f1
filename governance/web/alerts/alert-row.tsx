import { Button } from '@mantine/core';
import { Link } from 'wouter';
import type { AlertView } from '../../api/runtime-shapes.ts';
import { ToneMark } from '../states/state-mark.tsx';
import { Age } from '../time/clocks.tsx';
import { aboutWhom, isOver, lookOf } from './alert-words.ts';
import classes from './alerts.module.css';
import { ToldLine } from './told-line.tsx';

/** One alert in the list. */
export function AlertRow({
  alert,
  busy,
  onAcknowledge,
  onClose,
}: {
  readonly alert: AlertView;
  readonly busy: boolean;
  /** `null`: not theirs to answer. */
  readonly onAcknowledge: (() => void) | null;
  readonly onClose: (() => void) | null;
}) {
  const { label, tone, icon } = lookOf(alert);
  const about = aboutWhom(alert);
  return (
    <article className={classes['row']} data-state={alert.state}>
      <div className={classes['what']}>
        <Link href={`/alerts/${alert.id}`} className={classes['title'] ?? ''} data-alert={alert.id}>
          {alert.title}
        </Link>
        <span className={classes['about']}>
          <span className={classes['tier']}>{alert.tier}</span>
          {about !== '' && <span>{about}</span>}
          {alert.count > 1 && <strong>{alert.count.toLocaleString('en-GB')} times</strong>}
          <span>
            <Age at={alert.startedAt} /> ago
          </span>
        </span>
      </div>
      <div className={classes['how']}>
        <ToneMark tone={tone} icon={icon}>
          {label}
        </ToneMark>
        <ToldLine alert={alert} />
      </div>
      <div className={classes['act']}>
        {alert.state === 'open' && onAcknowledge && (
          <Button size="xs" onClick={onAcknowledge} loading={busy} aria-label={`Acknowledge: ${alert.title}, ${about}`}>
            Acknowledge
          </Button>
        )}
        {!isOver(alert.state) && onClose && (
          <Button size="xs" variant="default" onClick={onClose} aria-label={`Close: ${alert.title}, ${about}`}>
            Close…
          </Button>
        )}
      </div>
    </article>
  );
}
