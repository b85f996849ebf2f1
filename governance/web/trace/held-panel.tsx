import { LifeBuoy } from 'lucide-react';
import { Link } from 'wouter';
import { isHeld } from '../../api/message-words.ts';
import type { MessageDetail } from '../../api/runtime-shapes.ts';
import { FALLBACKS_PLACE } from '../fallback/fallback-banner.tsx';
import classes from './trace.module.css';

/** What is held for review, and where that is decided. */
export function HeldPanel({ detail }: { readonly detail: MessageDetail }) {
  const held = detail.work.filter(isHeld);
  if (held.length === 0) return null;
  const reasons = [...new Set(held.flatMap(({ attempts }) => attempts.at(-1)?.failure?.text ?? []))];
  return (
    <section className={classes['failure']} data-tone="pause" aria-labelledby="held">
      <LifeBuoy size={20} aria-hidden="true" />
      <div className={classes['cause']}>
        <h2 id="held">
          {held.length === 1 ? 'It is held' : `${held.length} parts of it are held`}: a person decides whether the flow
          goes on with it.
        </h2>
        {reasons.map((reason) => (
          <p key={reason}>{reason}</p>
        ))}
        <p className={classes['quiet']}>Nothing goes on by itself. Its task asks for the decision as well.</p>
      </div>
      <div className={classes['failure-side']}>
        <Link href={FALLBACKS_PLACE}>Decide in the list of what is held</Link>
      </div>
    </section>
  );
}
