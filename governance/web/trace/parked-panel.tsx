import { Button } from '@mantine/core';
import { PauseCircle } from 'lucide-react';
import { useState } from 'react';
import { isHeld } from '../../api/message-words.ts';
import type { MessageDetail } from '../../api/runtime-shapes.ts';
import type { SettleAction } from '../api/queries.ts';
import { useSession } from '../session/session.ts';
import { Until } from '../time/clocks.tsx';
import { exactTime } from '../time/duration.ts';
import { SettleSheet } from './settle-sheet.tsx';
import classes from './trace.module.css';

/** What is parked, until when, and how it goes on before that. */
export function ParkedPanel({ detail }: { readonly detail: MessageDetail }) {
  const { may } = useSession();
  const [sheet, setSheet] = useState<SettleAction | null>(null);
  const parked = detail.work.filter((item) => item.state === 'parked' && !isHeld(item));
  if (parked.length === 0) return null;
  return (
    <section className={classes['failure']} data-tone="pause" aria-labelledby="parked">
      <PauseCircle size={20} aria-hidden="true" />
      <div className={classes['cause']}>
        <h2 id="parked">
          {parked.length === 1 ? 'It is parked: it waits' : `${parked.length} parts of it are parked: they wait`} for a
          time, a person or an approval.
        </h2>
        <dl>
          {parked.map(({ id, subscription, notBefore }) => (
            <div key={id} className={classes['pair']}>
              <dt>{subscription.split('/').at(-1)}</dt>
              <dd>
                {notBefore === null ? (
                  'Goes on when somebody has answered.'
                ) : (
                  <>
                    Goes on by itself <Until at={notBefore} />{' '}
                    <span className={classes['quiet']}>({exactTime(notBefore)})</span>
                  </>
                )}
              </dd>
            </div>
          ))}
        </dl>
      </div>
      <div className={classes['failure-side']}>
        <div className={classes['actions']}>
          {may('message:release') && <Button onClick={() => setSheet('release')}>Let it go on…</Button>}
          {may('message:discard') && (
            <Button variant="default" onClick={() => setSheet('discard')}>
              Discard…
            </Button>
          )}
        </div>
      </div>
      {sheet && <SettleSheet action={sheet} detail={detail} onClose={() => setSheet(null)} />}
    </section>
  );
}
