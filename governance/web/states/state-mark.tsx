import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { heldBecause } from '../../api/message-words.ts';
import type { MessageState, MessageSummary } from '../../api/runtime-shapes.ts';
import { HELD_LOOK, STATE_LOOKS, type Tone } from './message-state.ts';
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

/** `why`: what holds it is said in the mark; else it stands beside it. */
export function StateMark({
  state,
  held = null,
  why = false,
}: {
  readonly state: MessageState;
  readonly held?: MessageSummary['held'];
  readonly why?: boolean;
}) {
  const { label, tone, icon, meaning } = held ? HELD_LOOK : STATE_LOOKS[state];
  return (
    <ToneMark tone={tone} icon={icon} title={meaning}>
      {held && why ? heldBecause(held.because) : label}
    </ToneMark>
  );
}
