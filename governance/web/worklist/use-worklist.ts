import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { TaskList, TaskView } from '../../api/runtime-shapes.ts';
import { askTasks } from '../tasks/task-counts.ts';
import { questionOf, type WorkFilter } from './worklist-filter.ts';

const PAGE = 100;

export interface WorklistRow {
  readonly task: TaskView;
  /** It does not belong to this list any more: somebody else has done something with it. */
  readonly left: boolean;
}

export interface WorklistView {
  readonly rows: readonly WorklistRow[];
  readonly newest: TaskList | undefined;
  /** Changes that the rows do not show yet. */
  readonly arrived: number;
  readonly pending: boolean;
  readonly error: unknown;
  /** Scrolling on loads more. */
  readonly more: boolean;
  /** How many the search has looked at, where it has stopped before the end; `loadMore` looks further. */
  readonly lookedAt: number | null;
  readonly loadingMore: boolean;
  readonly loadMore: () => void;
  /** Shows what is new, and lets go of what has left. */
  readonly apply: () => void;
  /** What the reader themself did: shown at once. */
  readonly note: (task: TaskView) => void;
  /** Which row is read: the tasks around it are kept fresh. */
  readonly look: (index: number) => void;
}

/**
 * The list in two kinds of queries: `pages`, which keep their places while somebody reads, and fresh looks at the first page
 * and at the page that is read, which live changes refetch: a thousand tasks are never asked for at once. Rows take their
 * state from the fresh looks; rows that came wait for `apply`, rows that left say so where they are.
 */
export function useWorklist(filter: WorkFilter, search: string): WorklistView {
  const question: ReturnType<typeof questionOf> = { ...questionOf(filter), limit: PAGE };
  const key = [question, search];
  const pages = useInfiniteQuery({
    // Not under "tasks": live changes must not move the rows.
    queryKey: ['task-pages', ...key],
    queryFn: ({ pageParam }) => askTasks({ ...question, after: pageParam ?? undefined }, search),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    // Old rows would be seen first when one comes back, and then jump.
    gcTime: 0,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const [reading, setReading] = useState(0);
  // Pages, not rows: the page around the list is not drawn again with each row that is scrolled by.
  const look = useCallback((index: number) => setReading(Math.floor(index / PAGE)), []);
  const page = Math.min(reading, Math.max(0, (pages.data?.pages.length ?? 1) - 1));
  const after = (pages.data?.pageParams[page] as string | null | undefined) ?? null;
  const fresh = { enabled: pages.isSuccess, staleTime: 2000, refetchInterval: 30_000 };
  const head = useQuery({
    queryKey: ['tasks', ...key, null],
    queryFn: () => askTasks(question, search),
    ...fresh,
  });
  const around = useQuery({
    queryKey: ['tasks', ...key, after],
    queryFn: () => askTasks({ ...question, after: after ?? undefined }, search),
    ...fresh,
    enabled: fresh.enabled && after !== null,
  });

  const [own, setOwn] = useState<ReadonlyMap<string, TaskView>>(new Map());
  const note = useCallback((task: TaskView) => setOwn((before) => new Map(before).set(task.id, task)), []);
  const states = String(question['state'] ?? '');

  const { rows, arrived } = useMemo(() => {
    const wanted = states.split(',');
    const loaded = pages.data?.pages.flatMap((one) => one.tasks) ?? [];
    const before = pages.data?.pages.slice(0, page).reduce((sum, one) => sum + one.tasks.length, 0) ?? 0;
    const places = new Map(loaded.map(({ id }, place) => [id, place]));
    const looks = [
      ...(head.data ? [spanOf(head.data, 0, places)] : []),
      ...(around.data && after !== null ? [spanOf(around.data, before, places)] : []),
    ];
    const now = new Map(looks.flatMap((look) => look.tasks.map((task) => [task.id, task] as const)));
    const kept: WorklistRow[] = [];
    for (const [place, task] of loaded.entries()) {
      // A place may have moved between two pages.
      if (places.get(task.id) !== place) continue;
      const mine = own.get(task.id);
      const current = latest(latest(task, now.get(task.id)), mine);
      const stays = mine !== undefined && mine.version >= current.version;
      // What one has done away with oneself is gone from under one's own hand.
      if (stays && !wanted.includes(current.state)) continue;
      const left = !stays && !now.has(task.id) && looks.some(({ first, last }) => place >= first && place <= last);
      kept.push({ task: current, left });
    }
    // Also around what is read: what is due later than the first page would never be told of.
    const news = [...(head.data?.tasks ?? []), ...(after === null ? [] : (around.data?.tasks ?? []))].filter((task) => {
      const mine = own.get(task.id);
      return !places.has(task.id) && !(mine && !wanted.includes(mine.state));
    });
    return { rows: kept, arrived: new Set(news.map(({ id }) => id)).size };
  }, [pages.data, page, head.data, around.data, after, own, states]);
  const answers = pages.data?.pages ?? [];
  const last = answers.at(-1);
  // It looked at as many as it may at once: the next page is not loaded by scrolling alone, where nothing may be found for long.
  const lookedShort = search !== '' && pages.hasNextPage && (last?.tasks.length ?? 0) < PAGE;

  return {
    rows,
    newest: head.data ?? pages.data?.pages[0],
    arrived,
    pending: pages.isPending,
    error: pages.error ?? head.error,
    more: pages.hasNextPage && !lookedShort,
    lookedAt: lookedShort ? answers.reduce((sum, { looked = 0 }) => sum + looked, 0) : null,
    loadingMore: pages.isFetchingNextPage,
    loadMore: () => {
      if (pages.hasNextPage && !pages.isFetchingNextPage) void pages.fetchNextPage();
    },
    apply: () => {
      setOwn(new Map());
      void pages.refetch();
    },
    note,
    look,
  };
}

const latest = (a: TaskView, b: TaskView | undefined): TaskView => (b && b.version >= a.version ? b : a);

/** A fresh look, and the places between which it would show a task if it still belonged there. */
function spanOf(
  { tasks, next }: TaskList,
  first: number,
  places: ReadonlyMap<string, number>,
): { readonly tasks: readonly TaskView[]; readonly first: number; readonly last: number } {
  const last = Math.max(-1, ...tasks.map(({ id }) => places.get(id) ?? -1));
  return { tasks, first, last: next === null ? Infinity : last };
}
