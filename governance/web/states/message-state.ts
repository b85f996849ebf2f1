import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CopyCheck,
  Hourglass,
  LoaderCircle,
  OctagonAlert,
  PauseCircle,
  Signpost,
  type LucideIcon,
} from 'lucide-react';
import type { MessageState } from '../../api/runtime-shapes.ts';

/** What a colour means, everywhere. Never the only sign: an icon and a word stand beside it. */
export type Tone = 'ok' | 'danger' | 'warn' | 'info' | 'pause' | 'plain';

export interface StateLook {
  readonly label: string;
  readonly tone: Tone;
  readonly icon: LucideIcon;
  /** For people who see the word the first time. */
  readonly meaning: string;
}

export const STATE_LOOKS: Readonly<Record<MessageState, StateLook>> = {
  accepted: { label: 'Accepted', tone: 'info', icon: CircleDashed, meaning: 'Safely on disk, not yet taken up.' },
  processing: { label: 'In work', tone: 'info', icon: LoaderCircle, meaning: 'A flow is working on it now.' },
  waiting: {
    label: 'Retrying',
    tone: 'warn',
    icon: Hourglass,
    meaning: 'Something did not answer; it is tried again by itself.',
  },
  parked: {
    label: 'Parked',
    tone: 'pause',
    icon: PauseCircle,
    meaning: 'It waits for a person, a time or an approval.',
  },
  done: { label: 'Done', tone: 'ok', icon: CircleCheck, meaning: 'Everything it asked for has been done.' },
  dead: { label: 'Failed', tone: 'danger', icon: OctagonAlert, meaning: 'It needs a person: redrive or discard it.' },
  discarded: { label: 'Discarded', tone: 'plain', icon: Ban, meaning: 'A person decided that it is not processed.' },
  quarantined: {
    label: 'Unreadable',
    tone: 'danger',
    icon: CircleAlert,
    meaning: 'It could not be read; the sender was told.',
  },
  unrouted: {
    label: 'No flow',
    tone: 'plain',
    icon: Signpost,
    meaning: 'Accepted, but no flow asked for this type of message.',
  },
  resend: {
    label: 'Resend',
    tone: 'plain',
    icon: CopyCheck,
    meaning: 'The same message again: answered, not processed twice.',
  },
};
