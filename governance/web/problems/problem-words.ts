import { CircleCheck, CircleDot, Copy, Eye, ThumbsUp } from 'lucide-react';
import type { ProblemState } from '../../api/runtime-shapes.ts';
import type { StateLook } from '../states/message-state.ts';

const look = (label: string, tone: StateLook['tone'], icon: StateLook['icon'], meaning: string): StateLook => ({
  label,
  tone,
  icon,
  meaning,
});

export const PROBLEM_LOOKS: Readonly<Record<ProblemState, StateLook>> = {
  open: look('Open', 'warn', CircleDot, 'Nobody looks at it yet.'),
  'looked-at': look('Looked at', 'info', Eye, 'Somebody looks at it.'),
  mended: look('Mended', 'ok', CircleCheck, 'It is changed, or a proposal changes it.'),
  'as-intended': look('As intended', 'plain', ThumbsUp, 'It is meant to be so; the answer says why.'),
  duplicate: look('Reported before', 'plain', Copy, 'Another report is about the same.'),
};

/** Somebody still owes an answer. */
export const OPEN_STATES: readonly ProblemState[] = ['open', 'looked-at'];
export const ENDED_STATES: readonly ProblemState[] = ['mended', 'as-intended', 'duplicate'];
