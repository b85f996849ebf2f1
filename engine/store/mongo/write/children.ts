import type { NewWork } from '../../contract/index.ts';
import { millis } from '../values.ts';
import { insertChild } from './accept.ts';
import type { WriteContext } from './context.ts';
import { refreshMessageState } from './message-state.ts';
import { needsChildren, type Operation } from './operation.ts';

export function addChild(work: NewWork): Operation<'added' | 'exists'> {
  return {
    name: 'work.addChild',
    sequences: 1,
    needs: (needs) => needsChildren(needs, [work]),
    apply: (ctx) => addChildNow(ctx, work),
  };
}

export function addChildNow(ctx: WriteContext, work: NewWork): 'added' | 'exists' {
  const outcome = insertChild(ctx, work);
  const message = ctx.messageById(work.messageId);
  if (outcome === 'added' && message) refreshMessageState(ctx, message._id, millis(work.createdAt));
  return outcome;
}
