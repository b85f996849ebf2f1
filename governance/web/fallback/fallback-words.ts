/** Fallbacks in people's words. Pure. */
import type { Fallback, FallbackList, HeldForReview, HeldView } from '../../api/runtime-shapes.ts';

type Declared = FallbackList['declared'][number];
type Mode = Fallback['mode'];

export const MODE_NAMES: Readonly<Record<Mode, string>> = {
  'manual-review': 'Review by hand',
  'alert-and-task': 'Alert and task',
  'recommend-only': 'Recommend only',
  stop: 'Stop',
};

/** What happens to new messages. */
export const MODE_EFFECT: Readonly<Record<Mode, string>> = {
  'manual-review': 'New messages are held; a person decides about each.',
  'alert-and-task': 'New messages are held; people are told at once and decide about each.',
  'recommend-only': 'New messages are worked on, but nothing is done outside: a person carries it out.',
  stop: 'New messages wait, in order, until the fallback ends.',
};

export function triggerWords(when: string): string {
  const [kind = '', first = '', second = ''] = when.split(':');
  switch (kind) {
    case 'operator':
      return 'somebody puts it there';
    case 'rule-error':
      return 'a rule cannot decide (that message)';
    case 'incomplete-data':
      return 'data is missing (that message)';
    case 'low-confidence':
      return `the confidence is low: ${first} (that message)`;
    case 'endpoint-down':
      return `${first} is down for ${durationWords(second)}`;
    default:
      return when;
  }
}

const UNITS = { W: 'week', D: 'day', H: 'hour', M: 'minute', S: 'second' } as const;

/** `PT2M`: 2 minutes. What is no such duration: as it is written. */
function durationWords(iso: string): string {
  const parts = [...iso.matchAll(/(\d+)([WDHMS])/g)].map(([, count = '', unit = 'S']) => {
    const name = UNITS[unit as keyof typeof UNITS];
    return `${count} ${name}${count === '1' ? '' : 's'}`;
  });
  return parts.join(' ') || iso;
}

/** The triggers of a flow; by hand is always possible. */
export const triggersOf = ({ when }: Declared): readonly string[] =>
  [...new Set([...when, 'operator'])].map(triggerWords);

/** Which message it is, where many are held for the same reason. */
export const heldWords = ({ message: { patientHint, type, controlId } }: HeldView): string =>
  [patientHint, type, controlId].filter((one) => one !== null).join(' · ');

/** What "process" does with a held message. */
export const processWords = ({ because, recommended }: HeldForReview): string =>
  because === 'recommend-only' || recommended.length > 0
    ? `The flow runs again and carries out: ${recommended.join('; ')}.`
    : because === 'manual-review' || because === 'alert-and-task'
      ? 'The flow runs with it, as if it came now.'
      : 'The flow goes on with what it has.';

export const newerWords = (count: number): string =>
  count === 1
    ? 'A newer message of the same patient was done since.'
    : `${count} newer messages of the same patient were done since.`;

export const personIn = (actor: string): string =>
  actor === 'system' ? 'Wardflow' : actor.slice(actor.indexOf(':') + 1);
