import { deriveEvents, Hl7Message, type EventContext } from '../../engine/index.ts';

export const context = (more: Partial<EventContext> = {}): EventContext => ({
  receivedAt: Date.UTC(2026, 0, 5, 8, 30, 0),
  correlationId: 'CORRELATION',
  zone: null,
  mode: 'live',
  ...more,
});

export const derive = (
  segments: readonly string[],
  more: Partial<EventContext> = {},
): ReturnType<typeof deriveEvents> => deriveEvents(Hl7Message.parse([...segments, ''].join('\r')), context(more));
