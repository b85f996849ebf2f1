import type { Switch } from '../../contract/index.ts';
import type { Sql } from '../sql.ts';

/** In force at `now` or still to come, oldest first. */
export function listSwitches(sql: Sql, now: number): Switch[] {
  return sql
    .all(
      'SELECT id, kind, name, mode, reason, actor, set_at AS setAt, from_at AS "from", until_at AS until ' +
        'FROM operator_switch WHERE until_at IS NULL OR until_at > ? ORDER BY set_at, seq',
      now,
    )
    .map((row) => ({ ...(row as Switch) }));
}
