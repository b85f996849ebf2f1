import { TextInput } from '@mantine/core';
import { GitPullRequestArrow, Search, SearchX } from 'lucide-react';
import { useEffect, useRef, useState, type RefObject } from 'react';
import { Link, useLocation, useSearchParams } from 'wouter';
import { MOST_PROPOSALS, PROPOSAL_STATES, type ProposalList } from '../../api/proposal-contract.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useShortcuts } from '../keyboard/shortcuts.ts';
import { VirtualList } from '../lists/virtual-list.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { STATE_LOOKS } from './proposal-looks.tsx';
import { ProposalRow } from './proposal-row.tsx';
import tabClasses from '../lists/tabs.module.css';
import classes from './proposal-list.module.css';
import { useProposals } from './queries.ts';

const TABS = ['mine', ...PROPOSAL_STATES, 'all'] as const;
type Tab = (typeof TABS)[number];
const labelOf = (tab: Tab): string => (tab === 'mine' ? 'Needs you' : tab === 'all' ? 'All' : STATE_LOOKS[tab].label);
const SEARCH_AFTER_MS = 250;

/** Changes on their way into an environment; what waits for the reader comes first. */
export default function ProposalListPage() {
  useDocumentTitle('Proposals');
  const [query, setQuery] = useSearchParams();
  const [, navigate] = useLocation();
  const counts = useProposals({ limit: 1 }).data;
  const asked = query.get('tab');
  const chosen = TABS.find((tab) => tab === asked);
  // Nobody asks for the empty list.
  const tab: Tab = chosen ?? (counts && counts.asking > 0 ? 'mine' : 'all');
  const text = query.get('q') ?? '';
  const list = useProposals({
    ...(tab === 'mine' ? { asks: 'me' } : tab === 'all' ? {} : { state: tab }),
    ...(text === '' ? {} : { text }),
    limit: MOST_PROPOSALS,
  });
  const search = useRef<HTMLInputElement>(null);
  const place = useRef<HTMLDivElement>(null);

  const links = (): HTMLElement[] => [...(place.current?.querySelectorAll<HTMLElement>('[data-open]') ?? [])];
  const move = (by: number): void => {
    const at = links().findIndex((link) => link === document.activeElement);
    links()[Math.max(0, Math.min(links().length - 1, at + by))]?.focus();
  };
  useShortcuts('Proposals', [
    { keys: 'j', what: 'Next proposal', run: () => move(1) },
    { keys: 'k', what: 'Previous proposal', run: () => move(-1) },
    { keys: '/', what: 'Search', run: () => search.current?.focus() },
  ]);

  const open = (next: Tab): string => {
    const values = new URLSearchParams(query);
    values.set('tab', next);
    return `/proposals?${values.toString()}`;
  };
  const rows = (list.data?.proposals ?? []).toSorted(
    (a, b) => Number(b.asksYou !== null) - Number(a.asksYou !== null) || b.number - a.number,
  );
  const none = counts !== undefined && PROPOSAL_STATES.every((state) => counts.counts[state] === 0);

  return (
    <>
      <div className="page-head">
        <h1>Proposals</h1>
      </div>
      {!none && (
        <nav className={tabClasses['tabs']} aria-label="States">
          {TABS.map((one) => (
            <Link
              key={one}
              href={open(one)}
              className={tabClasses['tab'] ?? ''}
              aria-current={one === tab ? 'page' : undefined}
              data-asks={one === 'mine' && (counts?.asking ?? 0) > 0}
            >
              {labelOf(one)}
              {counts && <span className={tabClasses['count']}>{countOf(counts, one)}</span>}
            </Link>
          ))}
        </nav>
      )}
      <section className="panel" aria-label="Proposals" ref={place}>
        {!none && (
          <div className={classes['bar']}>
            <SearchField
              field={search}
              value={text}
              onSearch={(next) =>
                setQuery(
                  (before) => {
                    const values = new URLSearchParams(before);
                    if (next === '') values.delete('q');
                    else values.set('q', next);
                    return values;
                  },
                  { replace: true },
                )
              }
            />
          </div>
        )}
        {list.isPending ? (
          <LoadingRows rows={5} height={84} />
        ) : list.isError && !list.data ? (
          <ProblemNotice error={list.error} retry={() => void list.refetch()} />
        ) : none ? (
          <EmptyState icon={GitPullRequestArrow} title="No change has been proposed yet">
            A proposal begins in the editor of staging: change a flow or a rule, deploy it there, try it, and choose
            <strong> Submit for review</strong> in the Wardflow sidebar. It is checked, its scenarios are run, and it
            waits here until the people that the policy asks for have approved it.
          </EmptyState>
        ) : rows.length === 0 ? (
          <EmptyState
            icon={text === '' ? GitPullRequestArrow : SearchX}
            title={text === '' ? nothingIn(tab) : 'Nothing matches'}
          >
            {text === '' ? (
              <Link href={open('all')}>Show all proposals</Link>
            ) : (
              <button
                type="button"
                className={classes['link']}
                onClick={() => navigate(`/proposals?tab=${tab}`, { replace: true })}
              >
                Clear the search
              </button>
            )}
          </EmptyState>
        ) : (
          <VirtualList items={rows} keyOf={({ number }) => String(number)} estimate={88} label="Proposals">
            {(proposal) => <ProposalRow proposal={proposal} />}
          </VirtualList>
        )}
        {list.data && list.data.before !== null && (
          <p className={classes['more']}>The newest {MOST_PROPOSALS} are shown. Search for older ones.</p>
        )}
      </section>
    </>
  );
}

const countOf = ({ counts, asking }: ProposalList, tab: Tab): number =>
  tab === 'mine'
    ? asking
    : tab === 'all'
      ? PROPOSAL_STATES.reduce((sum, state) => sum + counts[state], 0)
      : counts[tab];

const nothingIn = (tab: Tab): string =>
  tab === 'mine' ? 'Nothing waits for you' : `Nothing is ${labelOf(tab).toLowerCase()}`;

function SearchField({
  field,
  value,
  onSearch,
}: {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly value: string;
  readonly onSearch: (text: string) => void;
}) {
  const [typed, setTyped] = useState(value);
  const asked = useRef(value);
  useEffect(() => {
    // Somebody went back, or cleared it.
    if (value !== asked.current) setTyped(value);
    asked.current = value;
  }, [value]);
  useEffect(() => {
    const wanted = typed.trim();
    if (wanted === asked.current) return undefined;
    const timer = window.setTimeout(() => {
      asked.current = wanted;
      onSearch(wanted);
    }, SEARCH_AFTER_MS);
    return () => window.clearTimeout(timer);
  }, [typed, onSearch]);
  return (
    <TextInput
      ref={field}
      className={classes['find'] ?? ''}
      aria-label="Search by number, words, definition or author"
      placeholder="Number, words, definition or author"
      leftSection={<Search size={15} aria-hidden="true" />}
      maxLength={100}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
    />
  );
}
