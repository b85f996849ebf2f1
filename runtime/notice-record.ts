/** Keeps every notice shown at the console, so that it is still listed after a restart and people can ask why they were told. */
import { errorName, type Engine } from '../engine/index.ts';

export const NOTICE_SHOWN = 'notice.shown';

/** Returns the function that ends it. */
export function recordNotices(engine: Engine): () => void {
  return engine.live.subscribe((change) => {
    if (change.kind !== 'notice') return;
    const { id, at, escalationId, messageId, lane, to, text } = change.notice;
    engine.store.audit
      .append([
        {
          at,
          type: NOTICE_SHOWN,
          actor: 'system',
          messageId,
          details: { notice: id, escalation: escalationId, lane, to, text },
        },
      ])
      .catch((error: unknown) => engine.log.error('a notice could not be recorded', { code: errorName(error) }));
  });
}
