import { OctagonAlert } from 'lucide-react';
import type { StoreTrouble } from '../../api/runtime-shapes.ts';
import { Age } from '../time/clocks.tsx';
import classes from './feedback.module.css';

/** Why the runtime keeps and acknowledges nothing, and what to do about it. */
export function StoreTroubleNotice({ trouble }: { readonly trouble: StoreTrouble }) {
  return (
    <div className={classes['problem']} data-above role="alert">
      <OctagonAlert size={18} aria-hidden="true" />
      <div>
        <p>
          <strong>
            No message is acknowledged, for <Age at={trouble.since} /> now
          </strong>
        </p>
        <p>{trouble.text} It goes on by itself as soon as that is over.</p>
      </div>
    </div>
  );
}
