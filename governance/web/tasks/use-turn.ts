import type { TaskView } from '../../api/runtime-shapes.ts';
import { useSession } from '../session/session.ts';
import { useCovers } from './task-counts.ts';

/**
 * Whether it is the reader's turn to work on a task, as the runtime will say (runtime/api/task-turn.ts): it is theirs, or the
 * roster has them on for its role and unit now. Not known yet: it is.
 */
export function useTurn(): (task: Pick<TaskView, 'assigned' | 'on'>) => boolean {
  const { view } = useSession();
  const list = useCovers();
  return ({ assigned: { role, unit, person }, on }) => {
    if (!list || person === view.username || on.includes(view.username)) return true;
    if (!list.roster && person === null) return true;
    if (role === null && unit === null) return false;
    return list.covers.some(
      (one) => (role === null || one.role === role) && (unit === null || (one.unit ?? unit) === unit),
    );
  };
}
