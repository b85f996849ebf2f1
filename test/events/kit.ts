import { statedEvents, Hl7Message, type EventContext } from '../../engine/index.ts';

export const context = (more: Partial<EventContext> = {}): EventContext => ({
  receivedAt: Date.UTC(2026, 0, 5, 8, 30, 0),
  correlationId: 'CORRELATION',
  cause: { messageId: 'MESSAGE', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, sequence: 7 },
  zone: null,
  mode: 'live',
  ...more,
});

export const derive = (
  segments: readonly string[],
  more: Partial<EventContext> = {},
): ReturnType<typeof statedEvents> => statedEvents(Hl7Message.parse([...segments, ''].join('\r')), context(more));
