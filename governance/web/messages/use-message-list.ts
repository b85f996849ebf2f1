import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { IdentifierSearch } from '../../api/contract.ts';
import type { MessageCounts, MessageList, MessageSummary } from '../../api/runtime-shapes.ts';
import { call, queryOf } from '../api/client.ts';
import { runtimePath } from '../api/queries.ts';
import { PERIODS, tabOf, type ListFilter } from './list-filter.ts';

const PAGE = 100;

export interface MessageListView {
  readonly rows: readonly MessageSummary[];
  readonly counts: MessageCounts | undefined;
  readonly asOf: number | undefined;
  /** Changes that the rows do not show yet. */
  readonly fresh: { readonly arrived: number; readonly left: number };
  readonly pending: boolean;
  readonly error: unknown;
  readonly more: boolean;
  readonly loadingMore: boolean;
  readonly loadMore: () => void;
  /** Shows what is fresh. */
  readonly apply: () => void;
}

/**
 * The list in two queries: `pages`, which stay as they are while somebody reads, and `head`, the newest page, which live
 * changes refetch. Rows on the screen take their state from the head; rows that came or went wait for `apply`.
 */
export function useMessageList(filter: ListFilter, search: IdentifierSearch | null): MessageListView {
  const ask = (before?: number): Promise<MessageList> => {
    if (search)
      return call('POST', runtimePath('/messages/search'), {
        ...search,
        limit: PAGE,
        ...(before === undefined ? {} : { before }),
      });
    const { ms } = PERIODS[filter.period];
    // Whole minutes, so that the same question has the same key and a live refetch does not slide.
    const since = ms === null ? undefined : Math.floor((Date.now() - ms) / 60_000) * 60_000;
    const state = tabOf(filter.tab).states?.join(',');
    const { q, type, feed } = filter;
    return call('GET', runtimePath(`/messages${queryOf({ state, q, type, feed, since, before, limit: PAGE })}`));
  };

  const key = search ? { search } : filter;
  const pages = useInfiniteQuery({
    // Not under "messages": live changes must not move the rows.
    queryKey: ['message-pages', key],
    queryFn: ({ pageParam }) => ask(pageParam ?? undefined),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    placeholderData: keepPreviousData,
  });
  const head = useQuery({
    queryKey: ['messages', key],
    queryFn: () => ask(),
    enabled: pages.isSuccess,
    // A search by identifier is audited each time: it is asked once, not with every change.
    staleTime: search ? Infinity : 2000,
    refetchInterval: search ? false : 30_000,
    ...(search ? { enabled: false } : {}),
  });

  const first = pages.data?.pages[0];
  const newest = head.data ?? first;
  const { rows, fresh } = useMemo(() => {
    const loaded = pages.data?.pages.flatMap((page) => page.messages) ?? [];
    if (!head.data || pages.isPlaceholderData) return { rows: loaded, fresh: { arrived: 0, left: 0 } };
    const current = new Map(head.data.messages.map((message) => [message.id, message]));
    const shown = new Set(loaded.map((message) => message.id));
    const oldestInHead = head.data.messages.at(-1)?.seq ?? 0;
    const covered = head.data.next === null ? 0 : oldestInHead;
    return {
      rows: loaded.map((message) => current.get(message.id) ?? message),
      fresh: {
        arrived: head.data.messages.filter(
          (message) => !shown.has(message.id) && message.seq > (loaded.at(-1)?.seq ?? 0),
        ).length,
        left: loaded.filter((message) => message.seq >= covered && !current.has(message.id)).length,
      },
    };
  }, [pages.data, pages.isPlaceholderData, head.data]);

  return {
    rows,
    counts: newest?.counts,
    asOf: newest?.asOf,
    fresh,
    pending: pages.isPending,
    error: pages.error ?? head.error,
    more: pages.hasNextPage,
    loadingMore: pages.isFetchingNextPage,
    loadMore: () => {
      if (pages.hasNextPage && !pages.isFetchingNextPage) void pages.fetchNextPage();
    },
    apply: () => void pages.refetch(),
  };
}
