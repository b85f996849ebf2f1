/** Whom the runtime tells by itself of trouble with a critical flow: operations at once, and whoever answers for the flow. */
import type { Definition, Intent, LadderStep } from '../engine/index.ts';

const MINUTE_MS = 60_000;

export interface AlarmTexts {
  /** A sentence that every step begins with. */
  readonly what: string;
  readonly operations: string;
  /** To whoever answers for the flow, where its intent has no fallback text. */
  readonly owner: string;
  readonly after15: string;
  readonly after30: string;
}

/** Again and again until somebody answers, out of hours as well. */
export function alarmLadder({ intent }: Definition, texts: AlarmTexts): readonly LadderStep[] {
  const { owner, queue, fallback, outOfHours } = peopleOf(intent);
  const step = (minutes: number, to: string, text: string): LadderStep => ({
    afterMs: minutes * MINUTE_MS,
    to,
    channel: 'console',
    text: `${texts.what} ${text}`,
  });
  return [
    step(0, 'operations', texts.operations),
    step(0, queue ?? owner, fallback ?? texts.owner),
    step(15, outOfHours ?? owner, texts.after15),
    step(30, outOfHours ?? owner, texts.after30),
  ];
}

interface People {
  readonly owner: string;
  readonly queue: string | undefined;
  readonly fallback: string | undefined;
  readonly outOfHours: string | undefined;
}

/** intent.json is checked when it is loaded; here only for what may be absent. */
function peopleOf(intent: Intent): People {
  const fallback = intent['fallback'] as { readonly queue: string; readonly text: string } | undefined;
  const outOfHours = intent['contactOutOfHours'];
  return {
    owner: intent.owner.name,
    queue: fallback?.queue,
    fallback: fallback?.text,
    outOfHours: typeof outOfHours === 'string' ? outOfHours : undefined,
  };
}
