/** What the pages of tasks ask, and what they tell. Live changes make `tasks` and `task <id>` stale. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  ProblemReport,
  ProblemRequest,
  RosterView,
  TaskAssignRequest,
  TaskDetail,
  TaskOverrideRequest,
  TaskPartRequest,
  TaskStepRequest,
  TaskView,
} from '../../api/runtime-shapes.ts';
import { call } from '../api/client.ts';
import { refresh, runtimePath } from '../api/queries.ts';
import { useSession } from '../session/session.ts';
import { askTasks } from './task-counts.ts';
import type { Move } from './ways.ts';

export const useTask = (id: string, enabled = true) =>
  useQuery({
    queryKey: ['task', id],
    enabled,
    queryFn: () => call<TaskDetail>('GET', runtimePath(`/tasks/${encodeURIComponent(id)}`)),
  });

/** What one message asked of people; newest first. */
export const useTasksOf = (messageId: string) =>
  useQuery({
    queryKey: ['tasks', 'message', messageId],
    enabled: useSession().may('task:list'),
    queryFn: () => askTasks({ view: 'all', message: messageId, order: 'newest-first' }),
  });

/** Nobody's turn where there is no roster, or where it may not be read. */
export const useRoster = () =>
  useQuery({
    queryKey: ['roster'],
    enabled: useSession().may('roster:read'),
    queryFn: () => call<RosterView>('GET', runtimePath('/roster')),
    staleTime: 60_000,
    retry: false,
  });

const post = <T>(id: string, what: string, body: object): Promise<T> =>
  call<T>('POST', runtimePath(`/tasks/${encodeURIComponent(id)}/${what}`), body);

const move = (id: string, seen: number, one: Move, reason?: TaskStepRequest['reason']): Promise<TaskView> =>
  one === 'claim'
    ? post(id, 'claim', { seen })
    : post(id, 'step', { seen, step: one, ...(reason && { reason }) } satisfies TaskStepRequest);

/** What somebody does with one task. Several moves are one wish: each sees the version that the one before made. */
export type Deed =
  | {
      readonly kind: 'moves';
      readonly seen: number;
      readonly moves: readonly Move[];
      readonly reason?: TaskStepRequest['reason'];
    }
  | {
      readonly kind: 'assign';
      readonly request: TaskAssignRequest;
      readonly after?: readonly Move[];
    }
  | { readonly kind: 'part'; readonly request: TaskPartRequest }
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'override'; readonly request: TaskOverrideRequest }
  | { readonly kind: 'ehr'; readonly seen: number; readonly side: 'ours' | 'theirs'; readonly reason: string };

async function carryOut(id: string, deed: Deed): Promise<TaskView> {
  switch (deed.kind) {
    case 'moves': {
      const [first, ...rest] = deed.moves;
      if (first === undefined) throw new TypeError('a deed of no move');
      let after = await move(id, deed.seen, first, deed.reason);
      for (const one of rest) after = await move(id, after.version, one, deed.reason);
      return after;
    }
    case 'assign': {
      let after = await post<TaskView>(id, 'assign', deed.request);
      for (const one of deed.after ?? []) after = await move(id, after.version, one);
      return after;
    }
    case 'part':
      return post(id, 'part', deed.request);
    case 'comment':
      return post(id, 'comment', { text: deed.text });
    case 'override':
      return post(id, 'override', deed.request);
    case 'ehr':
      return post(id, 'ehr', { seen: deed.seen, side: deed.side, reason: deed.reason });
    default:
      return deed satisfies never;
  }
}

/** One thing at a time, of whichever task. */
export function useDeed() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, deed }: { readonly id: string; readonly deed: Deed }) => carryOut(id, deed),
    onSuccess: (task) =>
      client.setQueryData<TaskDetail>(['task', task.id], (before) =>
        before && before.task.version < task.version ? { ...before, task } : before,
      ),
    // Also after a refusal: somebody was faster, and the page says who. Not awaited: the sheet may have more to say.
    onSettled: (_task, _error, { id }) => {
      void refresh(client, 'tasks');
      void client.invalidateQueries({ queryKey: ['task', id] });
    },
  });
}

export function useReportProblem() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: ProblemRequest) => call<ProblemReport>('POST', runtimePath('/problems'), request),
    onSettled: () => void refresh(client, 'problems', 'task'),
  });
}
