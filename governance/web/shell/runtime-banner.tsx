import { PlugZap } from 'lucide-react';
import { useLiveState } from '../api/live.ts';
import { Age } from '../time/clocks.tsx';
import classes from './runtime-banner.module.css';

/** Says plainly when what is shown cannot be current. */
export function RuntimeBanner() {
  const live = useLiveState();
  if (live.kind === 'runtime-down')
    return (
      <div className={classes['banner']} role="alert">
        <PlugZap size={18} aria-hidden="true" />
        <span>
          <strong>{live.entry.problem?.title ?? 'The runtime does not answer.'}</strong> Since{' '}
          <Age at={live.entry.since} />. New messages wait at their senders. {live.entry.problem?.remedy}
        </span>
      </div>
    );
  if (live.kind === 'reconnecting')
    return (
      <div className={classes['banner']} role="alert">
        <PlugZap size={18} aria-hidden="true" />
        <span>
          <strong>The console does not answer.</strong> What you see is the last that was known; this page goes on by
          itself.
        </span>
      </div>
    );
  return null;
}
