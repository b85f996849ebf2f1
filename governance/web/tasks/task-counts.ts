import { useQuery } from '@tanstack/react-query';
import type { TaskList } from '../../api/runtime-shapes.ts';
import { call, queryOf } from '../api/client.ts';
import { runtimePath } from '../api/queries.ts';
import { useSession } from '../session/session.ts';
import { noteRuntimeTime } from '../time/runtime-clock.ts';

/** @param words looked for on the way: they name people, and are in no address */
export async function askTasks(
  question: Readonly<Record<string, string | number | undefined>>,
  words = '',
): Promise<TaskList> {
  const sentAt = Date.now();
  const list = await (words === ''
    ? call<TaskList>('GET', runtimePath(`/tasks${queryOf(question)}`))
    : call<TaskList>('POST', runtimePath(`/tasks/search${queryOf(question)}`), { words }));
  noteRuntimeTime(list.asOf, sentAt, Date.now());
  return list;
}

const countsQuery = (view: 'mine' | 'unit' | 'all', enabled: boolean) => ({
  queryKey: ['tasks', 'counts', view],
  enabled,
  queryFn: () => askTasks({ view, limit: 1 }),
  // Tasks become overdue by themselves: nothing is told live.
  refetchInterval: 30_000,
});

/** Of one view, whatever the filter: for tabs and navigation, asked once for all. */
export const useTaskCounts = (view: 'mine' | 'unit' | 'all') =>
  useQuery(countsQuery(view, useSession().may('task:list')));

const coversIn = ({ covers, roster }: TaskList): Pick<TaskList, 'covers' | 'roster'> => ({ covers, roster });

/** What the reader is on for, of the same answer; the same object until that changes, for the sake of a thousand rows. */
export const useCovers = (): Pick<TaskList, 'covers' | 'roster'> | undefined =>
  useQuery({ ...countsQuery('mine', useSession().may('task:list')), select: coversIn }).data;
