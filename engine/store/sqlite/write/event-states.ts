import { mergeState, type KnownState, type KnownStates, type StateStatement } from '../../../events/event-state.ts';
import { packUnlessShort, unpack } from '../packed.ts';
import type { WriteContext } from './context.ts';

export function advanceStates(
  ctx: WriteContext,
  messageId: string,
  statements: readonly StateStatement[],
): KnownStates {
  const seen = ctx.sql.get('SELECT states FROM event_before WHERE message_id = ?', messageId) as
    { states: Uint8Array } | undefined;
  if (seen) return JSON.parse(unpack(seen.states).toString('utf8')) as KnownStates;
  const before = new Map<string, KnownState>();
  const after = new Map<string, KnownState>();
  for (const statement of statements) {
    const { key } = statement;
    if (!after.has(key)) {
      const row = ctx.sql.get('SELECT state FROM event_state WHERE key = ?', key) as { state: string } | undefined;
      if (row) before.set(key, JSON.parse(row.state) as KnownState);
    }
    after.set(key, mergeState(after.get(key) ?? before.get(key), statement));
  }
  for (const [key, state] of after)
    ctx.sql.run(
      'INSERT INTO event_state (key, message_id, state) VALUES (?, ?, ?) ' +
        'ON CONFLICT (key) DO UPDATE SET message_id = excluded.message_id, state = excluded.state',
      key,
      messageId,
      JSON.stringify(state),
    );
  const known = Object.fromEntries(before);
  ctx.sql.run(
    'INSERT INTO event_before (message_id, states) VALUES (?, ?)',
    messageId,
    packUnlessShort(JSON.stringify(known)),
  );
  return known;
}
