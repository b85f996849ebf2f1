import type { ReactNode } from 'react';
import classes from './sheet.module.css';

export type Tone = 'danger' | 'warn' | 'ok';

/** One thing that is said, with its mark. */
export function Line({
  tone,
  mark,
  children,
}: {
  readonly tone: Tone;
  readonly mark: string;
  readonly children: ReactNode;
}) {
  return (
    <li>
      <span className={classes['mark']} data-tone={tone}>
        {mark}
      </span>
      <span>{children}</span>
    </li>
  );
}

/** A part of the page beside the sheet. */
export function Panel({
  title,
  count,
  children,
}: {
  readonly title: string;
  readonly count?: string;
  readonly children: ReactNode;
}) {
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-head">
        <h2>{title}</h2>
        {count !== undefined && <span className="dim">{count}</span>}
      </div>
      <div className="panel-body">{children}</div>
    </section>
  );
}
