import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { OutlineAnswer, OutlineRequest } from '../../api/runtime-shapes.ts';
import { call } from '../api/client.ts';
import { runtimePath } from '../api/queries.ts';
import { requestOf, type Source } from './source.ts';

export interface Look {
  readonly source: Source;
  /** '': as the message says. */
  readonly charset: string;
  /** Of a batch, from 0. */
  readonly message: number;
  /** The segment that the first page begins with. */
  readonly start: number;
  readonly find: string;
  readonly empties: boolean;
}

/** Nothing of it is kept when the page is left, and nothing is asked for again by itself. */
const ONCE = {
  staleTime: Infinity,
  gcTime: 0,
  retry: false,
  refetchOnReconnect: false,
  refetchOnWindowFocus: false,
} as const;
const PAGE = 200;

const ask = (request: OutlineRequest): Promise<OutlineAnswer> => call('POST', runtimePath('/hl7/outline'), request);

/** The message as a whole, and its segments as far as they were asked for. */
export function useOutline({ source, charset, message, start, find, empties }: Look) {
  const content = useMemo(() => requestOf(source, charset), [source, charset]);
  const whole = useQuery({
    queryKey: ['outline', source.id, charset, message],
    queryFn: () => ask({ ...content, message, most: 1, advise: true }),
    ...ONCE,
  });
  const pages = useInfiniteQuery({
    queryKey: ['outline', source.id, charset, message, start, find, empties],
    queryFn: ({ pageParam }) =>
      ask({ ...content, message, from: pageParam, most: PAGE, empties, ...(find === '' ? {} : { find }) }),
    initialPageParam: start,
    getNextPageParam: ({ next }) => next,
    placeholderData: (before, query) => (query?.queryKey[1] === source.id ? before : undefined),
    enabled: whole.isSuccess,
    ...ONCE,
  });
  const segments = useMemo(() => pages.data?.pages.flatMap((page) => page.segments) ?? [], [pages.data]);
  const here = useMemo(() => pages.data?.pages.flatMap((page) => page.here) ?? [], [pages.data]);
  return { whole, pages, segments, here };
}
