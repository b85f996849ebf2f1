import { mergeState, type KnownState, type KnownStates, type StateStatement } from '../../../events/event-state.ts';
import type { Operation } from './operation.ts';

export function advanceStates(messageId: string, statements: readonly StateStatement[]): Operation<KnownStates> {
  return {
    name: 'eventStates.advance',
    needs(needs) {
      needs.eventBefores.add(messageId);
      for (const { key } of statements) needs.eventStates.add(key);
    },
    apply(ctx) {
      const seen = ctx.table('eventBefores').get(messageId);
      if (seen) return JSON.parse(seen.states) as KnownStates;
      const before = new Map<string, KnownState>();
      const after = new Map<string, KnownState>();
      for (const statement of statements) {
        const { key } = statement;
        const known = after.has(key) ? undefined : ctx.table('eventStates').get(key);
        if (known) before.set(key, JSON.parse(known.state) as KnownState);
        after.set(key, mergeState(after.get(key) ?? before.get(key), statement));
      }
      for (const [key, state] of after) {
        const members = { messageId, state: JSON.stringify(state) };
        if (before.has(key)) ctx.table('eventStates').set(key, members);
        else ctx.table('eventStates').insert({ _id: key, ...members });
      }
      const known = Object.fromEntries(before);
      ctx.table('eventBefores').insert({ _id: messageId, states: JSON.stringify(known) });
      return known;
    },
  };
}
