/** Many escalations that are due within one minute, in the store of an environment. */
import { createEngine, silentLog, type Engine } from '../../engine/index.ts';
import { newMessage, WINDOW } from './store-builders.ts';

export const TIMERS = 'lab/call';
/** Escalations of one message. */
const OF_A_MESSAGE = 20;
const AT_ONCE = 500;

export const openTimers = (dataFolder: string): Promise<Engine> =>
  createEngine({ environment: 'staging', dataFolder, bindings: { feeds: {}, endpoints: {} }, log: silentLog });

/** The `i`th is due `i` parts of the span after `from`. */
export async function seedTimers(
  { store }: Pick<Engine, 'store'>,
  count: number,
  from: number,
  spanMs: number,
): Promise<void> {
  for (let first = 0; first < count; first += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, i) => first + i);
    const messages = new Map<number, string>();
    for (const i of some) {
      const group = Math.floor(i / OF_A_MESSAGE);
      if (messages.has(group)) continue;
      const message = newMessage({ body: `timers ${group}` });
      messages.set(group, message.id);
      await store.journal.accept(message, [], WINDOW);
    }
    await Promise.all(
      some.map((i) => store.escalations.start(timer(i, messages.get(Math.floor(i / OF_A_MESSAGE)) ?? ''))),
    );
  }

  function timer(i: number, messageId: string): Parameters<typeof store.escalations.start>[0] {
    const dueAt = from + Math.floor((i * spanMs) / count);
    return {
      id: idOfTimer(i),
      key: idOfTimer(i),
      messageId,
      workId: 'started-by',
      definition: 'lab',
      subscription: TIMERS,
      name: 'call',
      ladder: 'call',
      ladderVersion: 'v1',
      exhausted: 'fallback',
      steps: [{ afterMs: 60_000, to: 'nurse', channel: 'page', text: 'Look.' }],
      startedAt: dueAt - 60_000,
      nextStep: 0,
      nextAt: dueAt,
      state: 'open',
      title: 'Critical',
      lane: 'stat',
      watch: null,
      carry: null,
      correlationId: 'c',
      traceparent: 't',
      endedAt: null,
      endedBy: null,
    };
  }
}

export const idOfTimer = (i: number): string => `timer-${String(i).padStart(7, '0')}`;
