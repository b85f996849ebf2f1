import { Siren } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { Until } from '../time/clocks.tsx';
import { moment } from '../time/duration.ts';
import { useNow } from '../time/use-now.ts';
import { useEnvironments } from './queries.ts';
import { currentOf, nameOf } from './release-words.ts';
import classes from './releases.module.css';

/** Said on every page while an environment runs what nobody has approved. */
export function GlassBanner() {
  const now = useNow();
  const [place] = useLocation();
  const broken = (useEnvironments().data?.environments ?? []).filter(
    ({ inForce }) => inForce?.until !== null && inForce !== null && inForce.until > now,
  );
  return (
    <>
      {broken.map((view) => {
        const release = currentOf(view);
        const until = view.inForce?.until ?? 0;
        return (
          <section
            key={view.name}
            className={classes['glass']}
            aria-label={`Glass broken in ${view.name}`}
            role="alert"
          >
            <Siren size={18} aria-hidden="true" />
            <p>
              <strong>Glass is broken: {nameOf(view.name).toLowerCase()} runs what nobody has approved</strong>, until{' '}
              {moment(until, now)} (<Until at={until} />)
              {release && `: “${release.reason ?? ''}” (${release.orderedBy})`}.
            </p>
            {place !== `/environments/${view.name}` && (
              <Link href={`/environments/${view.name}`}>Show {view.name}</Link>
            )}
          </section>
        );
      })}
    </>
  );
}
