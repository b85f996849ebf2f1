import { CalendarX2 } from 'lucide-react';
import { useStatus } from '../api/queries.ts';
import { moment } from '../time/duration.ts';
import { useNow } from '../time/use-now.ts';
import classes from '../fallback/fallback.module.css';

/** Said on every page while it is not known who covers what: tasks and alerts may reach the wrong people. */
export function RosterBanner() {
  const now = useNow();
  const trouble = useStatus().data?.rosterTrouble;
  if (!trouble) return null;
  return (
    <section className={classes['banner']} aria-label="Roster">
      <CalendarX2 size={18} aria-hidden="true" />
      <p>
        <strong>The roster cannot be used</strong>, since {moment(trouble.since, now)}: {trouble.reason}.{' '}
        {trouble.inForce === null
          ? 'No roster is in force: everybody who may work on tasks sees them, and alerts go to the addresses of roles alone.'
          : 'The last good one is in force; what has changed since is not known.'}{' '}
        Whoever looks after Wardflow mends roster.json or imports it again.
      </p>
    </section>
  );
}
