import type { EventEntry } from './entry.ts';
import { origin } from './parts.ts';
import { maybeText, object, oneOf } from './shape.ts';

export const MESSAGE_EVENTS = {
  'message.unmapped': {
    version: 1,
    says: 'A message or a change states nothing that the catalogue has a name for; it is told rather than dropped.',
    key: 'sender and control id, or resource and version',
    hl7: 'every other type and trigger; a known one that states no fact',
    fhir: 'every other resource',
    data: object({
      ...origin,
      type: maybeText('message type, or resource type'),
      reason: oneOf(
        ['type-unknown', 'trigger-unknown', 'states-nothing'],
        '`states-nothing`: the type is known, but the message leaves out what the fact would be about',
      ),
    }),
  },
} as const satisfies Readonly<Record<string, EventEntry>>;
