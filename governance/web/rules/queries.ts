import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type {
  RuleTableCheck,
  RuleTableCoverage,
  RuleTableDetail,
  RuleTableList,
  RuleTableReport,
  SampleValues,
} from '../../api/runtime-shapes.ts';
import { call } from '../api/client.ts';
import { runtimePath } from '../api/queries.ts';
import { useSession } from '../session/session.ts';

export const COVERED_MESSAGES = 200;

const path = (definition: string, table: string, rest = ''): string =>
  runtimePath(`/rule-tables/${definition}/${table}${rest}`);

export const useRuleTables = () =>
  useQuery({ queryKey: ['rule-tables'], queryFn: () => call<RuleTableList>('GET', runtimePath('/rule-tables')) });

export const useRuleTable = (definition: string, table: string) =>
  useQuery({
    queryKey: ['rule-table', definition, table],
    queryFn: () => call<RuleTableDetail>('GET', path(definition, table)),
    // What somebody writes must not be replaced under their hands.
    refetchOnWindowFocus: false,
    staleTime: Infinity,
  });

export const useCoverage = (definition: string, table: string) =>
  useQuery({
    queryKey: ['rule-coverage', definition, table],
    queryFn: () => call<RuleTableCoverage>('GET', path(definition, table, `/coverage?messages=${COVERED_MESSAGES}`)),
    enabled: useSession().may('message:list'),
    staleTime: 30_000,
  });

/** Asked anew with each change, a moment after it. */
export const useReport = (definition: string, table: string, check: RuleTableCheck, enabled: boolean) =>
  useQuery({
    queryKey: ['rule-report', definition, table, check],
    queryFn: () => call<RuleTableReport>('POST', path(definition, table, '/check'), check),
    enabled,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
  });

/** Of a pinned message, what the table's expressions find in it. That it was looked at is recorded. */
export const sampleValues = (
  definition: string,
  table: string,
  body: { readonly content: unknown; readonly message: string; readonly use: string },
): Promise<SampleValues> => call('POST', path(definition, table, '/sample-values'), body);

export const saveTable = (
  definition: string,
  table: string,
  body: { readonly content: unknown; readonly base: string },
): Promise<RuleTableDetail> => call('POST', path(definition, table), body);
