import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import classes from './feedback.module.css';

/** Nothing to show: why, and what to do about it. */
export function EmptyState({
  icon: Icon,
  title,
  children,
}: {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <div className={classes['empty']}>
      <Icon size={28} aria-hidden="true" />
      <h2>{title}</h2>
      <div className="dim">{children}</div>
    </div>
  );
}
