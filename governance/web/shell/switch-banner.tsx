import { CirclePause } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { useSwitches } from '../operations/queries.ts';
import { effectOf, MODE_STATE, nameOf, personOf, phaseOf } from '../operations/switch-words.ts';
import { moment } from '../time/duration.ts';
import { useNow } from '../time/use-now.ts';
import classes from './switch-banner.module.css';

/** Said on every page while something is paused: what waits looks like a failure otherwise. */
export function SwitchBanner() {
  const now = useNow();
  const [place] = useLocation();
  const inForce = (useSwitches().data?.switches ?? []).filter((one) => phaseOf(one, now) === 'in-force');
  const [first] = inForce;
  if (!first) return null;
  return (
    <section className={classes['banner']} aria-label="Paused">
      <CirclePause size={18} aria-hidden="true" />
      <p>
        {inForce.length === 1 ? (
          <>
            <strong>
              {nameOf(first)} is {MODE_STATE[first.mode]}
            </strong>{' '}
            since {moment(first.from, now)}
            {first.until === null ? '' : `, until ${moment(first.until, now)}`}: “{first.reason}” (
            {personOf(first.actor)}). {effectOf(first.kind, first.mode)}
          </>
        ) : (
          <>
            <strong>{inForce.length} things are paused:</strong>{' '}
            {inForce.map((one) => `${nameOf(one)} (${MODE_STATE[one.mode]})`).join(', ')}.
            {inForce.some(({ kind }) => kind === 'definition') && ' Open escalations of a paused flow tell nobody.'}
          </>
        )}
      </p>
      {place !== '/operations/pauses' && <Link href="/operations/pauses">Show pauses</Link>}
    </section>
  );
}
