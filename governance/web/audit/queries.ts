/** What the audit pages ask. */
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type {
  AuditAnswer,
  AuditChoices,
  AuditDayCounts,
  AuditFilter,
  AuditHeadsView,
  AuditVerdictView,
  FoundMessages,
  WhyTold,
} from '../../api/audit-contract.ts';
import { call, queryOf } from '../api/client.ts';

const PAGE = 100;

/** A filter and the messages that were found by an identifier. */
export type Wanted = AuditFilter & { readonly messages?: string };

const ask = (wanted: Wanted, more: { readonly cursor?: string; readonly limit: number }): Promise<AuditAnswer> =>
  call('GET', `/audit${queryOf({ ...wanted, ...more })}`);

export const useAuditPages = (wanted: Wanted) =>
  useInfiniteQuery({
    queryKey: ['audit-pages', wanted],
    queryFn: ({ pageParam }) => ask(wanted, { limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    // Rows stay where they are while somebody reads; what is new waits for their click (`useNewest`).
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    placeholderData: keepPreviousData,
  });

/** How many there are now, to say that there are newer ones; asked again soon while a part is missing. */
export const useNewest = (wanted: Wanted, enabled: boolean) =>
  useQuery({
    queryKey: ['audit-newest', wanted],
    queryFn: () => ask(wanted, { limit: 1 }),
    refetchInterval: ({ state }) => (state.data?.parts.every(({ complete }) => complete) === true ? 30_000 : 3_000),
    enabled,
  });

/** What was missing when the list was loaded comes by itself once it can be read, as the page has said. */
export function useMissingParts(pages: ReturnType<typeof useAuditPages>, newest: ReturnType<typeof useNewest>): void {
  const loaded = pages.data?.pages[0];
  const { asOf, parts: now } = newest.data ?? {};
  const come =
    loaded !== undefined &&
    asOf !== undefined &&
    asOf > loaded.asOf &&
    loaded.parts.some(
      ({ chain, complete }) => !complete && now?.some((part) => part.chain === chain && part.complete) === true,
    );
  const { refetch, isFetching, isError } = pages;
  const due = come && !isFetching && !isError;
  useEffect(() => {
    if (due) void refetch();
  }, [due, refetch]);
}

/** Of the days that are shown. */
export const useDayCounts = (wanted: Wanted, edges: readonly number[]) =>
  useQuery({
    queryKey: ['audit-days', wanted, edges],
    queryFn: () => call<AuditDayCounts>('GET', `/audit/days${queryOf({ ...wanted, edges: edges.join(',') })}`),
    enabled: edges.length > 1,
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  });

export const useChoices = () =>
  useQuery({
    queryKey: ['audit-choices'],
    queryFn: () => call<AuditChoices>('GET', '/audit/choices'),
    staleTime: 60_000,
  });

export const useHeads = () =>
  useQuery({
    queryKey: ['audit-heads'],
    queryFn: () => call<AuditHeadsView>('GET', '/audit/heads'),
    refetchInterval: 60_000,
  });

export const useVerify = () => useMutation({ mutationFn: () => call<AuditVerdictView>('POST', '/audit/verify', {}) });

export const useFindMessages = () =>
  useMutation({
    mutationFn: (wanted: { readonly kind: string; readonly value: string }) =>
      call<FoundMessages>('POST', '/audit/find-messages', wanted),
  });

export const useWhy = (id: string) =>
  useQuery({
    queryKey: ['audit-why', id],
    queryFn: () => call<WhyTold>('GET', `/audit/why/${encodeURIComponent(id)}`),
  });
