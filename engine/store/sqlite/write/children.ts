import type { NewWork } from '../../contract/index.ts';
import { insertChild } from './accept.ts';
import type { WriteContext } from './context.ts';
import { refreshMessageState } from './message-state.ts';

export function addChild(ctx: WriteContext, work: NewWork): 'added' | 'exists' {
  const outcome = insertChild(ctx, work);
  if (outcome === 'added') {
    const message = ctx.sql.get('SELECT seq FROM message WHERE id = ?', work.messageId) as { seq: number } | undefined;
    if (message) refreshMessageState(ctx, message.seq, work.createdAt);
  }
  return outcome;
}
