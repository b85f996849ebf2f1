import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { MessageState } from '../../api/runtime-shapes.ts';
import { STATE_LOOKS, type Tone } from './message-state.ts';
import classes from './state-mark.module.css';

/** A word with its icon on its colour. */
export function ToneMark({
  tone,
  icon: Icon,
  children,
  title,
}: {
  readonly tone: Tone;
  readonly icon?: LucideIcon;
  readonly children: ReactNode;
  readonly title?: string;
}) {
  return (
    <span className={classes['mark']} data-tone={tone} title={title}>
      {Icon && <Icon size={14} aria-hidden="true" />}
      {children}
    </span>
  );
}

export function StateMark({ state }: { readonly state: MessageState }) {
  const { label, tone, icon, meaning } = STATE_LOOKS[state];
  return (
    <ToneMark tone={tone} icon={icon} title={meaning}>
      {label}
    </ToneMark>
  );
}
