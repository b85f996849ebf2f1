import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CopyCheck,
  Hourglass,
  LifeBuoy,
  LoaderCircle,
  OctagonAlert,
  PauseCircle,
  Signpost,
  type LucideIcon,
} from 'lucide-react';
import { HELD_WORD, STATE_WORDS } from '../../api/message-words.ts';
import type { MessageState } from '../../api/runtime-shapes.ts';

/** What a colour means, everywhere. Never the only sign: an icon and a word stand beside it. */
export type Tone = 'ok' | 'danger' | 'warn' | 'info' | 'pause' | 'plain';

export interface StateLook {
  readonly label: string;
  readonly tone: Tone;
  readonly icon: LucideIcon;
  /** For people who see the word the first time: the term that documents, API and CLI use, and what it means. */
  readonly meaning: string;
}

const look = (state: MessageState, tone: Tone, icon: LucideIcon): StateLook => {
  const { word, term, meaning } = STATE_WORDS[state];
  return { label: word, tone, icon, meaning: word.toLowerCase() === term ? meaning : `${upper(term)}. ${meaning}` };
};

const upper = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

export const STATE_LOOKS: Readonly<Record<MessageState, StateLook>> = {
  accepted: look('accepted', 'info', CircleDashed),
  processing: look('processing', 'info', LoaderCircle),
  waiting: look('waiting', 'warn', Hourglass),
  parked: look('parked', 'pause', PauseCircle),
  done: look('done', 'ok', CircleCheck),
  dead: look('dead', 'danger', OctagonAlert),
  discarded: look('discarded', 'plain', Ban),
  quarantined: look('quarantined', 'danger', CircleAlert),
  unrouted: look('unrouted', 'plain', Signpost),
  resend: look('resend', 'plain', CopyCheck),
};

/** In place of "Parked", where a person alone lets it go on. */
export const HELD_LOOK: StateLook = {
  label: HELD_WORD,
  tone: 'pause',
  icon: LifeBuoy,
  meaning: 'A person decides whether the flow goes on with it.',
};
