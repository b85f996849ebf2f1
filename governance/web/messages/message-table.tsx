import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { Loader } from '@mantine/core';
import { ArrowUp } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useMediaQuery } from '@mantine/hooks';
import { useLocation } from 'wouter';
import { useShortcuts } from '../keyboard/shortcuts.ts';
import { MessageRow } from './message-row.tsx';
import classes from './messages.module.css';
import type { MessageListView } from './use-message-list.ts';

export const ROW_HEIGHT = 40;
const NARROW_ROW_HEIGHT = 68;

/** Rows as far as they are seen; `onCalm(false)` while the pointer or the keyboard is in the list. */
export function MessageTable({
  list,
  calm,
  onCalm,
}: {
  readonly list: MessageListView;
  readonly calm: boolean;
  readonly onCalm: (calm: boolean) => void;
}) {
  const { rows } = list;
  const narrow = useMediaQuery('(max-width: 48em)') ?? false;
  const body = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [, navigate] = useLocation();
  const focused = useRef(-1);

  useEffect(() => {
    const measure = (): void => setTop(body.current ? body.current.getBoundingClientRect().top + window.scrollY : 0);
    measure();
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
  }, [list.error, rows.length === 0]);

  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => (narrow ? NARROW_ROW_HEIGHT : ROW_HEIGHT),
    overscan: 12,
    scrollMargin: top,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const items = virtual.getVirtualItems();
  useEffect(() => virtual.measure(), [narrow, virtual]);

  const lastShown = items.at(-1)?.index ?? 0;
  const { more, loadMore } = list;
  useEffect(() => {
    if (more && lastShown >= rows.length - 20) loadMore();
  }, [lastShown, rows.length, more, loadMore]);

  const focusRow = (index: number): void => {
    const target = Math.max(0, Math.min(rows.length - 1, index));
    focused.current = target;
    virtual.scrollToIndex(target, { align: 'auto' });
    // The row may have to be drawn first.
    requestAnimationFrame(() =>
      requestAnimationFrame(() =>
        body.current?.querySelector<HTMLElement>(`[data-index="${target}"] a`)?.focus({ preventScroll: true }),
      ),
    );
  };
  const open = (): void => {
    const row = rows[focused.current];
    if (row) navigate(`/messages/${row.id}`);
  };
  useShortcuts('Message list', [
    { keys: 'j', what: 'Next message', run: () => focusRow(focused.current + 1) },
    { keys: 'k', what: 'Previous message', run: () => focusRow(focused.current - 1) },
    { keys: 'o', what: 'Open the message (Enter)', run: open },
    { keys: 'n', what: 'Show what is new', run: list.apply },
  ]);

  const { arrived, left } = list.fresh;
  const atTop = (virtual.scrollOffset ?? 0) <= top + ROW_HEIGHT;
  useEffect(() => {
    if (!atTop && calm) onCalm(false);
  }, [atTop, calm, onCalm]);

  return (
    <>
      <div
        onPointerEnter={() => onCalm(false)}
        onPointerLeave={() => onCalm(atTop && !body.current?.contains(document.activeElement))}
        onFocus={() => onCalm(false)}
        onBlur={() => onCalm(atTop)}
      >
        <div className={classes['pill-place']}>
          {arrived + left > 0 && !calm && (
            <button type="button" className={classes['pill']} onClick={list.apply}>
              <ArrowUp size={14} aria-hidden="true" />
              {arrived > 0 ? `${arrived === 100 ? '100 or more' : arrived} new` : `${left} moved on`}
            </button>
          )}
        </div>
        <div role="table" aria-label="Messages" aria-rowcount={rows.length}>
          <div role="rowgroup" className={classes['head']}>
            <div role="row" className={classes['row']}>
              <span role="columnheader">State</span>
              <span role="columnheader">Message</span>
              <span role="columnheader">Patient</span>
              <span role="columnheader">From → to</span>
              <span role="columnheader">Reason</span>
              <span role="columnheader">Received</span>
              <span role="columnheader">In this state</span>
            </div>
          </div>
          <div ref={body} role="rowgroup" className={classes['body']} style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => {
              const message = rows[item.index];
              return (
                message && (
                  <MessageRow
                    key={item.key}
                    index={item.index}
                    message={message}
                    top={item.start - top}
                    height={item.size}
                    onFocus={() => (focused.current = item.index)}
                  />
                )
              );
            })}
          </div>
        </div>
      </div>
      <div className={classes['foot']} role="status">
        {list.loadingMore ? (
          <Loader size="xs" aria-label="Loading older messages" />
        ) : more ? null : (
          `${rows.length.toLocaleString('en-GB')} messages, no older ones.`
        )}
      </div>
    </>
  );
}
