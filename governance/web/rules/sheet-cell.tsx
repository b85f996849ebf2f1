import { ActionIcon } from '@mantine/core';
import { Settings2 } from 'lucide-react';
import { useLayoutEffect, useRef, useState } from 'react';
import { otherwiseAt, textAt, type SheetColumn, type Side } from '../../api/rule-sheet/draft.ts';
import { hasOwnDetails } from '../../api/rule-sheet/details.ts';
import type { SheetProps } from './sheet.tsx';
import classes from './sheet.module.css';

/** The head of a column, with the way to change it. */
export function Head({
  column,
  first,
  onColumn,
}: {
  readonly column: SheetColumn;
  readonly first: boolean;
  readonly onColumn: ((side: Side, at: number) => void) | null;
}) {
  const isCell = column.kind === 'when' || column.kind === 'then';
  const pinned = column.kind === 'id' ? classes['pinned'] : '';
  return (
    <div role="columnheader" className={`${classes['head']} ${pinned} ${first ? classes['first-then'] : ''}`}>
      <span className={classes['head-text']} title={column.label}>
        {column.label}
        {isCell && <small>{column.unit === '' ? column.type : `${column.type}, ${column.unit}`}</small>}
      </span>
      {isCell && onColumn && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={`Change column ${column.label}`}
          onClick={() => onColumn(column.kind, column.at)}
          onKeyDown={(event) => event.stopPropagation()}
        >
          <Settings2 size={14} aria-hidden="true" />
        </ActionIcon>
      )}
    </div>
  );
}

interface CellProps extends SheetProps {
  readonly row: number;
  readonly at: number;
  readonly column: SheetColumn;
  readonly columns: number;
  readonly first: boolean;
  readonly editing: string | null;
  readonly onGo: (row: number, column: number, extend?: boolean) => void;
  readonly onBegin: (text: string | null) => void;
  readonly onCommit: (text: string, row: number, column: number) => void;
  readonly onCancel: () => void;
}

export function Cell({ table, choice, row, at, column, first, editing, wrongAt, found, ...on }: CellProps) {
  const below = row === otherwiseAt(table);
  const text = below && column.kind === 'id' ? 'otherwise' : textAt(table, row, column);
  const wrong = wrongAt(row, column);
  const here = choice.row === row && choice.column === at;
  const inside = within(choice.row, choice.toRow, row) && within(choice.column, choice.toColumn, at);
  const names = [
    classes['cell'],
    column.kind === 'id' ? classes['pinned'] : '',
    column.kind === 'when' ? classes['condition'] : '',
    column.kind === 'then' && column.type === 'number' ? classes['number'] : '',
    text === '-' || below ? classes['any'] : '',
    first ? classes['first-then'] : '',
    editing === null ? '' : classes['editing'],
  ];
  return (
    <div
      role={column.kind === 'id' ? 'rowheader' : 'gridcell'}
      data-at={`${row},${at}`}
      data-own={column.kind === 'id' && table.rows[row] !== undefined && hasOwnDetails(table.rows[row])}
      data-wrong={wrong !== undefined}
      data-found={column.kind === 'id' && found.has(table.rows[row]?.id ?? '')}
      data-chosen={inside && (choice.row !== choice.toRow || choice.column !== choice.toColumn)}
      aria-selected={inside}
      aria-invalid={wrong === undefined ? undefined : true}
      tabIndex={here ? 0 : -1}
      title={wrong ?? text}
      className={names.join(' ')}
      onMouseDown={(event) => event.shiftKey && event.preventDefault()}
      onClick={(event) => on.onGo(row, at, event.shiftKey)}
      onFocus={() => !here && on.onGo(row, at)}
      onDoubleClick={() => on.onBegin(null)}
    >
      {editing === null ? (
        text
      ) : (
        <CellInput
          label={`${column.label}, row ${table.rows[row]?.id ?? 'otherwise'}`}
          text={editing}
          onDone={(typed, key, back) => {
            if (key === 'Tab') on.onCommit(typed, row, Math.max(0, at + (back ? -1 : 1)));
            else on.onCommit(typed, key === 'Enter' ? row + (back ? -1 : 1) : row, at);
          }}
          onCancel={on.onCancel}
        />
      )}
    </div>
  );
}

const within = (a: number, b: number, value: number): boolean => value >= Math.min(a, b) && value <= Math.max(a, b);

function CellInput({
  label,
  text,
  onDone,
  onCancel,
}: {
  readonly label: string;
  readonly text: string;
  readonly onDone: (text: string, key: 'Enter' | 'Tab' | 'left', back: boolean) => void;
  readonly onCancel: () => void;
}) {
  const [typed, setTyped] = useState(text);
  const over = useRef(false);
  const input = useRef<HTMLInputElement>(null);
  // Before the next key comes: it must not go to the cell.
  useLayoutEffect(() => {
    input.current?.focus();
    input.current?.setSelectionRange(text.length, text.length);
  }, [text]);
  return (
    <input
      ref={input}
      aria-label={label}
      value={typed}
      maxLength={2000}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => setTyped(event.currentTarget.value)}
      onClick={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key !== 'Enter' && event.key !== 'Tab' && event.key !== 'Escape') return;
        event.preventDefault();
        over.current = true;
        if (event.key === 'Escape') onCancel();
        else onDone(typed, event.key, event.shiftKey);
      }}
      onBlur={() => {
        if (!over.current) onDone(typed, 'left', false);
      }}
    />
  );
}
