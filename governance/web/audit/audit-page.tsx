import { Button, Menu } from '@mantine/core';
import { ArrowUp, Download, ScrollText, ShieldCheck, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useSearchParams } from 'wouter';
import { API_ROOT } from '../../api/contract.ts';
import type { AuditPart } from '../../api/audit-contract.ts';
import { queryOf } from '../api/client.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { VirtualList } from '../lists/virtual-list.tsx';
import { useSession } from '../session/session.ts';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { Age } from '../time/clocks.tsx';
import { clockTime, moment } from '../time/duration.ts';
import { isFiltered, queryFilter, readFilter } from './audit-filter.ts';
import { chainName } from './audit-words.ts';
import classes from './audit.module.css';
import { edgesOf, linesOf, type Line } from './by-day.ts';
import { EntryRow } from './entry-row.tsx';
import { FilterBar } from './filter-bar.tsx';
import { IdentifierSearch, type Found } from './identifier-search.tsx';
import {
  useAuditPages,
  useChoices,
  useDayCounts,
  useHeads,
  useMissingParts,
  useNewest,
  useVerify,
  type Wanted,
} from './queries.ts';
import { VerifyPanel } from './verify-panel.tsx';

/** Who did what, when and why, at the console and in every runtime: one list, and proof that nothing was changed after. */
export default function AuditPage() {
  useDocumentTitle('Audit');
  const { may } = useSession();
  const [params, setParams] = useSearchParams();
  const [found, setFound] = useState<Found | null>(null);
  const [asking, setAsking] = useState(false);
  const filter = readFilter(params);
  const ids = found ? { messages: found.messages.join(',') || 'none' } : {};
  // The time is taken when the question is asked: one that slid on would load the list anew each minute.
  const address = params.toString();
  const asked = useMemo(() => queryFilter(readFilter(new URLSearchParams(address)), Date.now()), [address]);
  const wanted: Wanted = { ...asked, ...ids };

  const pages = useAuditPages(wanted);
  const newest = useNewest(wanted, pages.isSuccess);
  useMissingParts(pages, newest);
  const verify = useVerify();
  const heads = useHeads().data;
  const first = pages.data?.pages[0];
  const items = pages.data?.pages.flatMap((page) => page.entries) ?? [];
  const lines = linesOf(items, Date.now());
  const edges = edgesOf(lines);
  const counts = useDayCounts(wanted, edges).data?.counts;
  const fresh = (newest.data?.total ?? 0) - (first?.total ?? 0);
  const parts = newest.data?.parts ?? first?.parts ?? [];
  const missing = parts.filter(({ complete }) => !complete);

  const change = (values: Readonly<Record<string, string | undefined>>): void =>
    setParams(
      (before) => {
        for (const [name, value] of Object.entries(values)) {
          if (value === undefined) before.delete(name);
          else before.set(name, value);
        }
        return before;
      },
      { replace: true },
    );

  return (
    <>
      <div className="page-head">
        <h1>Audit</h1>
        {heads && (
          <span className="dim">
            {heads.newest ? (
              <>
                heads signed <Age at={heads.newest.at} /> ago
              </>
            ) : (
              'heads not signed yet'
            )}
          </span>
        )}
        {may('audit:export') && <ExportMenu wanted={wanted} missing={missing} />}
        <Button
          leftSection={<ShieldCheck size={14} aria-hidden="true" />}
          loading={verify.isPending}
          onClick={() => verify.mutate()}
        >
          Verify
        </Button>
      </div>
      <div role="status">{verify.data && <VerifyPanel verdict={verify.data} />}</div>
      {verify.isError && <ProblemNotice error={verify.error} />}
      {heads?.problem && (
        <p className={classes['missing']} role="alert">
          <strong>{heads.problem.title}</strong> {heads.problem.remedy}
        </p>
      )}
      <section className="panel" aria-label="Entries">
        <FilterBar filter={filter} choices={useChoices().data} onChange={change} onIdentifier={() => setAsking(true)} />
        {found && (
          <p className={classes['found']}>
            Only entries about {found.messages.length.toLocaleString('en-GB')}{' '}
            {found.messages.length === 1 ? 'message' : 'messages'} of {found.of}
            {found.more && ' (the newest 200)'}
            {found.parts.length > 0 && `; ${found.parts.map(chainName).join(', ')} did not answer`}.
            <Button
              size="compact-xs"
              variant="default"
              leftSection={<X size={12} aria-hidden="true" />}
              onClick={() => setFound(null)}
            >
              All messages
            </Button>
          </p>
        )}
        {missing.map((part) => (
          <MissingPart key={part.chain} part={part} />
        ))}
        <p className={classes['summary']} role="status">
          {first?.total === undefined || first.total === null
            ? ' '
            : `${first.total.toLocaleString('en-GB')}${first.more ? ' and more' : ''} ${first.total === 1 ? 'entry' : 'entries'}, as of ${clockTime(first.asOf)}`}
          {fresh > 0 && (
            <Button
              size="compact-xs"
              leftSection={<ArrowUp size={12} aria-hidden="true" />}
              onClick={() => void pages.refetch()}
            >
              {fresh.toLocaleString('en-GB')} new
            </Button>
          )}
        </p>
        {pages.isPending ? (
          <LoadingRows rows={10} height={52} />
        ) : pages.isError && !pages.data ? (
          <ProblemNotice error={pages.error} retry={() => void pages.refetch()} />
        ) : items.length === 0 ? (
          <EmptyState icon={ScrollText} title={isFiltered(filter) || found ? 'No entry matches' : 'No entry yet'}>
            {isFiltered(filter) || found
              ? 'Take a part of the filter away, or look at another time.'
              : 'Logins, deploys, decisions of people and what flows did will stand here.'}
          </EmptyState>
        ) : (
          <VirtualList
            items={lines}
            keyOf={keyOf}
            estimate={58}
            label="Audit entries"
            onNearEnd={() => {
              if (pages.hasNextPage && !pages.isFetchingNextPage) void pages.fetchNextPage();
            }}
          >
            {(line) =>
              line.kind === 'entry' ? (
                <EntryRow item={line.item} />
              ) : (
                <h2 className={classes['day']}>
                  {line.label} <span>{counts?.[edges.indexOf(line.start)]?.toLocaleString('en-GB') ?? '…'}</span>
                </h2>
              )
            }
          </VirtualList>
        )}
        {items.length > 0 && (
          <p className={classes['foot']} role="status">
            {pages.isFetchingNextPage ? 'Loading older entries …' : pages.hasNextPage ? ' ' : 'No older ones.'}
          </p>
        )}
      </section>
      {asking && (
        <IdentifierSearch
          onClose={() => setAsking(false)}
          onFound={(next) => {
            setFound(next);
            setAsking(false);
          }}
        />
      )}
    </>
  );
}

const keyOf = (line: Line): string => (line.kind === 'day' ? `day ${line.start}` : line.item.id);

/** Exactly what the page shows, as a file. */
function ExportMenu({ wanted, missing }: { readonly wanted: Wanted; readonly missing: readonly AuditPart[] }) {
  const address = (format: string): string =>
    `${API_ROOT}/audit/export${queryOf({ ...wanted, format, partial: missing.length > 0 ? '1' : undefined })}`;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button variant="default" leftSection={<Download size={14} aria-hidden="true" />}>
          Export these
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={address('jsonl')} download>
          JSON lines, as recorded
        </Menu.Item>
        <Menu.Item component="a" href={address('fhir')} download>
          FHIR AuditEvent (IHE BALP), NDJSON
        </Menu.Item>
        {missing.length > 0 && (
          <Menu.Label>Without what is missing of {missing.map(({ chain }) => chainName(chain)).join(', ')}</Menu.Label>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function MissingPart({ part: { chain, upTo, problem } }: { readonly part: AuditPart }) {
  return (
    <p className={classes['missing']} role="alert">
      <strong>{chainName(chain)}:</strong>{' '}
      {problem
        ? `does not answer. Its entries ${upTo ? `after ${moment(upTo.at, Date.now())}` : ''} are missing here.`
        : 'is still being read; its newest entries follow.'}
    </p>
  );
}
