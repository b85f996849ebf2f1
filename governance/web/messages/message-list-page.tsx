import { Inbox, SearchX } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import type { IdentifierSearch } from '../../api/contract.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { clockTime } from '../time/duration.ts';
import { rememberedSearch, rememberSearch } from './identifier-search.ts';
import { readFilter, tabOf, writeFilter, type ListFilter } from './list-filter.ts';
import { MessageFilters } from './message-filters.tsx';
import { MessageTable } from './message-table.tsx';
import { MessageTabs } from './message-tabs.tsx';
import classes from './messages.module.css';
import { useMessageList } from './use-message-list.ts';

export function MessageListPage() {
  useDocumentTitle('Messages');
  const [params, setParams] = useSearchParams();
  const filter = readFilter(params);
  const [search, setSearch] = useState<IdentifierSearch | null>(rememberedSearch);
  const list = useMessageList(filter, search);
  const [calm, setCalm] = useState(true);

  const change = (more: Partial<ListFilter>): void => setParams(writeFilter({ ...filter, ...more }), { replace: true });
  const look = (next: IdentifierSearch | null): void => {
    rememberSearch(next);
    setSearch(next);
  };

  const { arrived, left } = list.fresh;
  const { apply } = list;
  const applied = useRef(0);
  useEffect(() => {
    // Nobody has the pointer or the keyboard in the list: it may move by itself.
    if (!calm || arrived + left === 0 || Date.now() - applied.current < 900) return;
    applied.current = Date.now();
    apply();
  }, [calm, arrived, left, apply]);

  const filtered = filter.q !== '' || filter.type !== '' || filter.feed !== '' || filter.period !== 'all';
  return (
    <>
      <div className="page-head">
        <h1>Messages</h1>
        {list.asOf !== undefined && <span className="dim">as of {clockTime(list.asOf)}</span>}
      </div>
      <section className="panel" aria-label="Messages">
        {!search && <MessageTabs active={filter.tab} counts={list.counts} onChange={(tab) => change({ tab })} />}
        <MessageFilters filter={filter} search={search} onChange={change} onSearch={look} />
        {list.error != null && (
          <div className={classes['notice']}>
            <ProblemNotice error={list.error} retry={list.apply} />
          </div>
        )}
        {list.pending ? (
          <LoadingRows rows={14} />
        ) : list.rows.length > 0 ? (
          <MessageTable list={list} onCalm={setCalm} calm={calm} />
        ) : list.error != null ? null : search || filtered ? (
          <EmptyState icon={SearchX} title="No message matches">
            {search
              ? 'No message here carries this identifier. Check it digit by digit; it must be complete.'
              : 'Control ids are matched from their start, message ids and error codes as a whole. '}
            {!search && (
              <button
                type="button"
                className={classes['link'] ?? ''}
                onClick={() => change({ q: '', type: '', feed: '', period: 'all' })}
              >
                Show all in “{tabOf(filter.tab).label}”
              </button>
            )}
          </EmptyState>
        ) : (
          <EmptyState icon={Inbox} title={filter.tab === 'needs-you' ? 'All clear' : 'Nothing here'}>
            {tabOf(filter.tab).empty}
          </EmptyState>
        )}
      </section>
    </>
  );
}
