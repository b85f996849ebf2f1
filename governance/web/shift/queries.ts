import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ShiftReport } from '../../api/runtime-shapes.ts';
import { call, queryOf } from '../api/client.ts';
import { runtimePath } from '../api/queries.ts';

export interface ShiftRequest {
  readonly from: number;
  readonly to: number;
  readonly zone: string;
  readonly serviceLine: string | null;
}

/** `null`: there is no time to ask for yet. */
export const useShiftReport = (request: ShiftRequest | null) =>
  useQuery({
    queryKey: ['shift', request],
    enabled: request !== null,
    queryFn: () =>
      call<ShiftReport>(
        'GET',
        runtimePath(`/shift-report${queryOf({ ...request, serviceLine: request?.serviceLine ?? undefined })}`),
      ),
    refetchInterval: 60_000,
    // The figures of another time stay until those asked for are there; the page says whose they are.
    placeholderData: keepPreviousData,
  });
