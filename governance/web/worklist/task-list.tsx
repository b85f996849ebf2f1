import { Loader } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { ArrowUp } from 'lucide-react';
import { useCallback, useEffect, useImperativeHandle, useLayoutEffect, useRef, useState, type Ref } from 'react';
import type { TaskView } from '../../api/runtime-shapes.ts';
import { LookFurther } from './look-further.tsx';
import { TaskRow, type RowDeeds } from './task-row.tsx';
import type { WorklistView } from './use-worklist.ts';
import classes from './worklist.module.css';

const ROW_HEIGHT = 58;
const NARROW_ROW_HEIGHT = 128;
/** The list is moved by keys that repeat. */
const OVERSCAN = 8;

export interface ListHandle {
  /** The task under the keyboard now: what was under it last, or stands in its place, nobody has pointed at. */
  current(): TaskView | undefined;
  move(by: number): void;
  /** Gives the keyboard back to where it was, or to what stands there now. */
  focus(): void;
}

/** Rows as far as they are seen; `onCalm(false)` while the pointer or the keyboard is in the list. */
export function TaskList({
  list,
  calm,
  onCalm,
  deeds,
  start,
  handle,
}: {
  readonly list: WorklistView;
  readonly calm: boolean;
  readonly onCalm: (calm: boolean) => void;
  readonly deeds: RowDeeds;
  /** Where the keyboard was when one left the page. */
  readonly start: string | null;
  readonly handle: Ref<ListHandle>;
}) {
  const { rows, look, loadMore, more } = list;
  const narrow = useMediaQuery('(max-width: 48em)', window.innerWidth <= 768, { getInitialValueInEffect: false });
  const body = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  /** Place and task: the task may go, the place stays. */
  const at = useRef<{ index: number; id: string | null }>({ index: -1, id: null });
  const [wanted, setWanted] = useState<number | null>(null);

  useLayoutEffect(() => {
    const measure = (): void => setTop(body.current ? body.current.getBoundingClientRect().top + window.scrollY : 0);
    measure();
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
  }, [list.error, rows.length === 0]);

  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => (narrow ? NARROW_ROW_HEIGHT : ROW_HEIGHT),
    overscan: OVERSCAN,
    scrollMargin: top,
    getItemKey: (index) => rows[index]?.task.id ?? index,
  });
  const items = virtual.getVirtualItems();
  const firstShown = items[0]?.index ?? 0;
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => look(Math.floor((firstShown + lastShown) / 2)), [firstShown, lastShown, look]);
  useEffect(() => {
    if (more && lastShown >= rows.length - 20) loadMore();
  }, [lastShown, rows.length, more]);

  const indexNow = (): number => {
    const place = rows.findIndex(({ task }) => task.id === at.current.id);
    return place >= 0 ? place : Math.min(at.current.index, rows.length - 1);
  };
  const focusRow = (index: number): void => {
    const target = Math.max(0, Math.min(rows.length - 1, index));
    const id = rows[target]?.task.id;
    if (id === undefined) return;
    at.current = { index: target, id };
    virtual.scrollToIndex(target, { align: 'auto' });
    setWanted(target);
  };
  // The row may have to be drawn before it can have the focus.
  useEffect(() => {
    if (wanted === null) return;
    const link = body.current?.querySelector<HTMLElement>(`[data-index="${wanted}"] a`);
    if (!link) return;
    link.focus({ preventScroll: true });
    setWanted(null);
  });
  useImperativeHandle(handle, () => ({
    current: () => {
      const here = document.activeElement?.closest<HTMLElement>('[data-task]');
      if (!here || body.current?.contains(here) !== true) return undefined;
      return rows.find(({ task }) => task.id === here.dataset['task'])?.task;
    },
    move: (by) => focusRow(at.current.id === null ? 0 : indexNow() + by),
    focus: () => focusRow(Math.max(0, indexNow())),
  }));
  const started = useRef(false);
  useEffect(() => {
    if (started.current || rows.length === 0) return;
    started.current = true;
    const place = rows.findIndex(({ task }) => task.id === start);
    if (place >= 0) focusRow(place);
  });

  const focused = useCallback(
    (id: string) => {
      at.current = { index: rows.findIndex(({ task }) => task.id === id), id };
    },
    [rows],
  );
  const focusedNow = useRef(focused);
  useEffect(() => {
    focusedNow.current = focused;
  });
  // One object for all renders, so that a row is drawn again only when its task changes.
  const [rowDeeds] = useState<RowDeeds>(() => ({
    claim: (task) => given.current.claim(task),
    wish: (task, wish) => given.current.wish(task, wish),
    focused: (id) => {
      focusedNow.current(id);
      given.current.focused(id);
    },
  }));
  const given = useRef(deeds);
  useEffect(() => {
    given.current = deeds;
  });

  const atTop = (virtual.scrollOffset ?? 0) <= top + ROW_HEIGHT;
  useEffect(() => {
    if (!atTop && calm) onCalm(false);
  }, [atTop, calm, onCalm]);

  return (
    <div
      className={classes['list-place']}
      onPointerEnter={() => onCalm(false)}
      onPointerLeave={() => onCalm(atTop && !body.current?.contains(document.activeElement))}
      onFocus={() => onCalm(false)}
      onBlur={() => onCalm(atTop)}
    >
      <div className={classes['pill-place']}>
        {list.arrived > 0 && !calm && (
          <button type="button" className={classes['pill']} onClick={list.apply}>
            <ArrowUp size={14} aria-hidden="true" />
            {list.arrived >= 100 ? '100 or more' : list.arrived} new
          </button>
        )}
      </div>
      <ul ref={body} className={classes['list']} style={{ height: virtual.getTotalSize() }} aria-label="Tasks">
        {items.map((item) => {
          const row = rows[item.index];
          return (
            row && (
              <li
                key={item.key}
                ref={virtual.measureElement}
                data-index={item.index}
                aria-setsize={more ? -1 : rows.length}
                aria-posinset={item.index + 1}
                className={classes['place']}
                style={{ transform: `translateY(${item.start - top}px)` }}
              >
                <TaskRow task={row.task} left={row.left} deeds={rowDeeds} />
              </li>
            )
          );
        })}
      </ul>
      <div className={classes['foot']} role="status">
        {list.loadingMore ? (
          <Loader size="xs" aria-label="Loading more tasks" />
        ) : more ? null : list.lookedAt !== null ? (
          <span>
            {tasksWords(rows.length)} in the first {list.lookedAt.toLocaleString('en-GB')}. <LookFurther list={list} />
          </span>
        ) : (
          `${tasksWords(rows.length)}, no more.`
        )}
      </div>
    </div>
  );
}

const tasksWords = (count: number): string => `${count.toLocaleString('en-GB')} ${count === 1 ? 'task' : 'tasks'}`;
