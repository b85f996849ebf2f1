/** Which events a source gives to its flow. */
import type { Hl7Message } from '../../hl7/message.ts';
import type { ClinicalEvent, EventContext } from '../clinical-event.ts';
import { NOTHING_KNOWN } from '../event-state.ts';
import { deriveEvents, statedEvents } from './derive-events.ts';

/** `stated`: results and discharges, which need no state; `all`: the catalogue; `none`: each message once. */
export const EVENT_CHOICES = ['stated', 'all', 'none'] as const;
export type EventChoice = (typeof EVENT_CHOICES)[number];

/** Of a definition: what most of its sources' messages may become. */
export function eventChoiceOf(flow: Iterable<{ readonly type: string; readonly events?: unknown }>): EventChoice {
  const choices = [...flow].flatMap(({ type, events }) => (type === 'hl7 in' ? [events ?? 'stated'] : []));
  if (choices.includes('all')) return 'all';
  return choices.length > 0 && choices.every((choice) => choice === 'none') ? 'none' : 'stated';
}

/** For previews and samples: as if nothing were known before. */
export function sampleEvents(
  message: Hl7Message,
  context: EventContext,
  choice: EventChoice,
): readonly ClinicalEvent[] {
  if (choice === 'none') return [];
  return choice === 'all' ? deriveEvents(message, context, NOTHING_KNOWN) : statedEvents(message, context);
}
