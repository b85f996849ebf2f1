import { ActionIcon } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Check, ChevronRight, Copy, TriangleAlert } from 'lucide-react';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import { movedTo } from './keys.ts';
import classes from './reader.module.css';
import { rawOf, type Row, type Warnings } from './rows.ts';

export interface TreeProps {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly warnings: Warnings;
  readonly selected: string | null;
  readonly copied: string | null;
  readonly onSelect: (path: string) => void;
  readonly onToggle: (row: Row, open: boolean) => void;
  readonly onOpenSiblings: (row: Row) => void;
  readonly onCopy: (text: string, what: string) => void;
  /** The last rows are about to be seen. */
  readonly onNearEnd: () => void;
}

const idOf = (path: string): string => `part-${path}`;

/**
 * The tree pattern of WAI-ARIA: one stop for the keyboard, arrows move, right and left open and close. Only what is seen is
 * drawn, so the tree itself keeps the focus and says which row is active.
 */
export function OutlineTree(props: TreeProps) {
  const { label, rows, warnings, selected, copied, onSelect, onToggle, onOpenSiblings, onCopy, onNearEnd } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const narrow = useMediaQuery('(max-width: 48em)') ?? false;
  const height = narrow ? 48 : 30;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => height,
    overscan: 12,
    getItemKey: (index) => rows[index]?.node.path ?? index,
  });
  useEffect(() => virtual.measure(), [virtual, height]);
  const at = rows.findIndex((row) => row.node.path === selected);
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' });
    // Only when another part is chosen: opening one must not move what is looked at.
  }, [selected]);
  const drawn = virtual.getVirtualItems();
  const last = drawn.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 30) onNearEnd();
  }, [last, rows.length]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows[at];
    const page = Math.max(1, Math.floor((scroll.current?.clientHeight ?? 0) / height) - 1);
    const move = movedTo(event.key, rows, at, page);
    if (move?.kind === 'select') onSelect(move.path);
    else if (move?.kind === 'toggle') onToggle(move.row, move.open);
    else if (move?.kind === 'siblings') onOpenSiblings(move.row);
    else if (row && (event.key === 'c' || event.key === 'Enter')) onCopy(row.node.path, row.node.path);
    else if (row && event.key === 'v') onCopy(valueOf(row), `The value of ${row.node.path}`);
    else return;
    event.preventDefault();
  };

  return (
    <div
      ref={scroll}
      className={classes['tree']}
      role="tree"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={at >= 0 && drawn.some(({ index }) => index === at) ? idOf(selected ?? '') : undefined}
      onKeyDown={onKeyDown}
      onFocus={() => {
        const [first] = rows;
        if (at < 0 && first) onSelect(first.node.path);
      }}
    >
      <div role="presentation" className={classes['sized']} style={{ height: virtual.getTotalSize() }}>
        {drawn.map(({ index, start }) => {
          const row = rows[index];
          return (
            row && (
              <TreeRow
                key={row.node.path}
                row={row}
                start={start}
                height={height}
                selected={index === at}
                copied={copied === row.node.path}
                here={warnings.at.get(row.node.path)?.map(({ text }) => text) ?? []}
                below={row.open === true ? 0 : (warnings.below.get(row.node.path) ?? 0)}
                onSelect={() => onSelect(row.node.path)}
                onToggle={() => onToggle(row, !row.open)}
                onCopy={() => onCopy(row.node.path, row.node.path)}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

function TreeRow({
  row,
  start,
  height,
  selected,
  copied,
  here,
  below,
  onSelect,
  onToggle,
  onCopy,
}: {
  readonly row: Row;
  readonly start: number;
  readonly height: number;
  readonly selected: boolean;
  readonly copied: boolean;
  readonly here: readonly string[];
  /** Warnings in what is closed, with its own. */
  readonly below: number;
  readonly onSelect: () => void;
  readonly onToggle: () => void;
  readonly onCopy: () => void;
}) {
  const { node, level, position, siblings, open } = row;
  const value = shownOf(row);
  const count = Math.max(here.length, below);
  const counted = count > 1 || (count === 1 && here.length === 0) ? String(count) : '';
  const more = node.more === undefined ? '' : `and ${node.more.toLocaleString('en')} more parts`;
  const warning = here.length > 0 ? `To look at: ${here.join(' ')}` : 'to look at inside';
  return (
    // The tree has the focus and the keys; a row is only clicked.
    <div
      id={idOf(node.path)}
      role="treeitem"
      aria-level={level}
      aria-setsize={siblings}
      aria-posinset={position}
      aria-selected={selected}
      aria-expanded={open ?? undefined}
      className={classes['row']}
      data-level={node.level}
      style={{ transform: `translateY(${start}px)`, height, paddingLeft: 6 + (level - 1) * 16 }}
      onClick={onSelect}
      onDoubleClick={() => open !== null && onToggle()}
    >
      <span
        className={classes['twist']}
        data-open={open}
        onClick={(event) => {
          if (open === null) return;
          event.stopPropagation();
          onToggle();
        }}
      >
        {open !== null && <ChevronRight size={14} aria-hidden="true" />}
      </span>
      <code className={classes['path']}>{node.path}</code> <span className={classes['name']}>{node.name}</span>{' '}
      <span className={classes['value']} data-state={open === null ? node.state : 'parts'}>
        {value}
        {node.meaning !== undefined && <span className={classes['meaning']}> {node.meaning}</span>}
        {more !== '' && <span className={classes['meaning']}> {more}</span>}
      </span>{' '}
      {count > 0 && (
        <span className={classes['warned']} title={here.join('\n') || `${count} to look at inside`}>
          <TriangleAlert size={13} aria-hidden="true" />
          {counted} <span className="visually-hidden">{warning}</span>
        </span>
      )}
      <ActionIcon
        className={classes['copy'] ?? ''}
        variant="subtle"
        size={24}
        tabIndex={-1}
        // For the pointer: who has the keyboard presses c, and a row's name is not to end in a button's.
        aria-hidden="true"
        title={copied ? 'Copied' : `Copy ${node.path}`}
        data-copied={copied}
        onClick={(event) => {
          event.stopPropagation();
          onSelect();
          onCopy();
        }}
      >
        {copied ? <Check size={14} aria-hidden="true" /> : <Copy size={14} aria-hidden="true" />}
      </ActionIcon>
    </div>
  );
}

/** What a part says: its value, or as it stands where it has parts. */
function valueOf(row: Row): string {
  const { node } = row;
  return node.children.length === 0 && node.level !== 'segment' ? node.value : rawOf(row, 400);
}

/** As a row has room for. */
function shownOf(row: Row): string {
  const { state } = row.node;
  return state === 'empty' ? 'empty' : state === 'null' ? '"" (deleted)' : valueOf(row).slice(0, 300);
}
