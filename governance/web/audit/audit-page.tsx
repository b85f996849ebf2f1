import { Button, Select, TextInput } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { Download, ScrollText, ShieldAlert, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { API_ROOT, type SpokenRecord } from '../../api/contract.ts';
import { queryOf } from '../api/client.ts';
import { fetchAudit, fetchAuditTypes, fetchConsoleAudit, runtimePath, verifyAudit } from '../api/queries.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useSession } from '../session/session.ts';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { clockTime } from '../time/duration.ts';
import classes from './audit.module.css';
import { byDay } from './by-day.ts';

const PAGE = 200;

/** Who did what, when, as sentences by day; with proof that nothing was changed after. */
export default function AuditPage() {
  useDocumentTitle('Audit');
  const { may } = useSession();
  const [params, setParams] = useSearchParams();
  const source = params.get('of') === 'console' ? 'console' : 'messages';
  const type = params.get('type') ?? '';
  const actor = params.get('actor') ?? '';
  const message = params.get('message') ?? '';
  const [draft, setDraft] = useState({ actor, message });
  const types = useQuery({ queryKey: ['audit-types'], queryFn: fetchAuditTypes, staleTime: Infinity });
  const verify = useMutation({ mutationFn: verifyAudit });

  const filter = { type: type || undefined, actor: actor || undefined, message: message || undefined };
  const pages = useInfiniteQuery({
    queryKey: ['audit', source, filter],
    queryFn: async ({ pageParam }) => {
      if (source === 'console') return (await fetchConsoleAudit()).records;
      const { records } = await fetchAudit({
        ...clean(filter),
        limit: PAGE,
        ...(pageParam === null ? {} : { before: pageParam }),
      });
      return records;
    },
    initialPageParam: null as number | null,
    getNextPageParam: (page: readonly SpokenRecord[]) =>
      source === 'messages' && page.length === PAGE ? (page.at(-1)?.seq ?? null) : null,
  });
  const change = (name: string, value: string): void =>
    setParams(
      (before) => {
        if (value === '') before.delete(name);
        else before.set(name, value);
        return before;
      },
      { replace: true },
    );
  const records = pages.data?.pages.flat() ?? [];

  return (
    <>
      <div className="page-head">
        <h1>Audit</h1>
        {may('audit:export') && source === 'messages' && (
          <Button
            component="a"
            href={`${API_ROOT}${runtimePath('/audit/export')}${queryOf(filter)}`}
            download
            variant="default"
            leftSection={<Download size={14} aria-hidden="true" />}
          >
            Export these
          </Button>
        )}
        <Button
          leftSection={<ShieldCheck size={14} aria-hidden="true" />}
          loading={verify.isPending}
          onClick={() => verify.mutate()}
        >
          Verify chain
        </Button>
      </div>
      <div role="status">
        {verify.data &&
          (verify.data.intact ? (
            <p className={classes['intact']}>
              <ShieldCheck size={16} aria-hidden="true" />
              <span>
                <strong>Intact.</strong> All {verify.data.records.toLocaleString('en-GB')} records follow one another
                unchanged, up to number {verify.data.headSeq} (<code>{verify.data.headHash.slice(0, 12)}</code>).
              </span>
            </p>
          ) : (
            <p className={classes['broken']}>
              <ShieldAlert size={16} aria-hidden="true" />
              <span>
                <strong>The chain is broken at record {verify.data.firstBroken?.seq}.</strong>{' '}
                {verify.data.firstBroken?.why} Keep the data folder as it is and call whoever answers for security.
              </span>
            </p>
          ))}
      </div>
      {verify.isError && <ProblemNotice error={verify.error} />}
      <section className="panel" aria-label="Records">
        <form
          className={classes['filters']}
          role="search"
          onSubmit={(event) => {
            event.preventDefault();
            change('actor', draft.actor.trim());
            change('message', draft.message.trim());
          }}
        >
          <Select
            aria-label="Which records"
            data={[
              { value: 'messages', label: 'Messages and flows' },
              { value: 'console', label: 'Logins at the console' },
            ]}
            allowDeselect={false}
            value={source}
            onChange={(value) => change('of', value === 'console' ? 'console' : '')}
          />
          {source === 'messages' && (
            <>
              <Select
                aria-label="Type of record"
                placeholder="Any type"
                data={types.data?.types.filter((one) => !/^(session|account)\./.test(one)) ?? []}
                searchable
                clearable
                clearButtonProps={{ 'aria-label': 'Any type' }}
                value={type === '' ? null : type}
                onChange={(value) => change('type', value ?? '')}
              />
              <TextInput
                aria-label="Who, for example user:admin"
                placeholder="Who: user:admin"
                value={draft.actor}
                onChange={(event) => setDraft({ ...draft, actor: event.currentTarget.value })}
                onBlur={() => change('actor', draft.actor.trim())}
              />
              <TextInput
                aria-label="Message id"
                placeholder="Message id"
                value={draft.message}
                onChange={(event) => setDraft({ ...draft, message: event.currentTarget.value })}
                onBlur={() => change('message', draft.message.trim())}
              />
            </>
          )}
          <button type="submit" className="visually-hidden" tabIndex={-1}>
            Search
          </button>
        </form>
        {pages.isPending ? (
          <LoadingRows rows={10} height={34} />
        ) : pages.isError && !pages.data ? (
          <ProblemNotice error={pages.error} retry={() => void pages.refetch()} />
        ) : records.length === 0 ? (
          <EmptyState icon={ScrollText} title="No record matches">
            {type || actor || message ? 'Widen the filter.' : 'Nothing has happened yet.'}
          </EmptyState>
        ) : (
          byDay(records, Date.now()).map((day) => (
            <section key={day.label} aria-label={day.label}>
              <h2 className={classes['day']}>
                {day.label} <span className="dim">{day.records.length}</span>
              </h2>
              <ul className={classes['list']}>
                {day.records.map((record) => (
                  <Row key={record.seq} record={record} />
                ))}
              </ul>
            </section>
          ))
        )}
        {pages.hasNextPage && (
          <p className={classes['more']}>
            <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
              Older records
            </Button>
          </p>
        )}
      </section>
    </>
  );
}

function Row({ record }: { readonly record: SpokenRecord }) {
  return (
    <li>
      <time className="mono dim">{clockTime(record.at)}</time>
      <span>
        {record.sentence}
        {record.reason && <span className={classes['reason']}>“{record.reason}”</span>}
      </span>
      <span className={classes['where']}>
        {record.definition && record.definition !== 'none' && <span className="dim">{record.definition}</span>}
        {record.messageId && <Link href={`/messages/${record.messageId}`}>message</Link>}
      </span>
      <code className={classes['type']}>{record.type}</code>
    </li>
  );
}

function clean<T extends Readonly<Record<string, string | undefined>>>(filter: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: string;
  };
}
