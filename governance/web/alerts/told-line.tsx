import { TriangleAlert } from 'lucide-react';
import type { AlertView } from '../../api/runtime-shapes.ts';
import { toldOf } from './alert-words.ts';
import classes from './alerts.module.css';

/** Who was told by which channel, and what failed before. */
export function ToldLine({ alert }: { readonly alert: AlertView }) {
  const { text, failed, repeat, alarm } = toldOf(alert);
  return (
    <span className={classes['told']} data-alarm={alarm}>
      {failed.length > 0 && <TriangleAlert size={13} aria-hidden="true" />}
      <span>
        {text}
        {failed.length > 0 && `, after ${failed.join(' and ')} failed`}
        {repeat && ', a repeat'}
      </span>
    </span>
  );
}
