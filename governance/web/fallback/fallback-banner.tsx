import { LifeBuoy } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { moment } from '../time/duration.ts';
import { useNow } from '../time/use-now.ts';
import { MODE_EFFECT, MODE_NAMES, personIn } from './fallback-words.ts';
import classes from './fallback.module.css';
import { useFallbacks } from './queries.ts';

export const FALLBACKS_PLACE = '/operations/fallbacks';

/** Said on every page while a flow does not run by itself: somebody has to do its work. */
export function FallbackBanner() {
  const now = useNow();
  const [place] = useLocation();
  const list = useFallbacks().data;
  const [first, ...others] = list?.inForce ?? [];
  if (!first) return null;
  const titleOf = (name: string): string => list?.declared.find(({ definition }) => definition === name)?.title ?? name;
  return (
    <section className={classes['banner']} aria-label="Fallback">
      <LifeBuoy size={18} aria-hidden="true" />
      <p>
        {others.length === 0 ? (
          <>
            <strong>
              {titleOf(first.definition)} is in fallback: {MODE_NAMES[first.mode].toLowerCase()}
            </strong>
            , since {moment(first.since, now)}
            {first.about === null ? '' : `, because ${first.about} is down`} ({personIn(first.by)}
            {first.about === null && first.reason !== null ? `: “${first.reason}”` : ''}). {MODE_EFFECT[first.mode]}
          </>
        ) : (
          <>
            <strong>{others.length + 1} flows are in fallback:</strong>{' '}
            {[first, ...others]
              .map((one) => `${titleOf(one.definition)} (${MODE_NAMES[one.mode].toLowerCase()})`)
              .join(', ')}
            .
          </>
        )}
      </p>
      {place !== FALLBACKS_PLACE && <Link href={FALLBACKS_PLACE}>Show fallbacks</Link>}
    </section>
  );
}
