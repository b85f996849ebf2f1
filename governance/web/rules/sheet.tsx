import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type ClipboardEvent, type KeyboardEvent } from 'react';
import {
  otherwiseAt,
  sheetColumns,
  textAt,
  type SheetColumn,
  type Side,
  type Table,
} from '../../api/rule-sheet/draft.ts';
import { readTsv, writeTsv } from '../../api/rule-sheet/tsv.ts';
import { Cell, Head } from './sheet-cell.tsx';
import classes from './sheet.module.css';

export interface Choice {
  readonly row: number;
  readonly column: number;
  /** The other corner of what is chosen. */
  readonly toRow: number;
  readonly toColumn: number;
}

export interface SheetProps {
  readonly table: Table;
  readonly editable: boolean;
  readonly choice: Choice;
  /** What is wrong with a cell. */
  readonly wrongAt: (row: number, column: SheetColumn) => string | undefined;
  /** Rows that a finding is about. */
  readonly found: ReadonlySet<string>;
  /** How often each row fired; `null`: not known. */
  readonly fired: ReadonlyMap<string, number> | null;
  readonly onChoose: (choice: Choice) => void;
  readonly onCell: (row: number, column: SheetColumn, text: string) => void;
  readonly onClear: (choice: Choice) => void;
  readonly onPaste: (row: number, column: number, lines: readonly (readonly string[])[]) => void;
  readonly onColumn: (side: Side, at: number) => void;
  /** Out of the sheet by the keyboard. */
  readonly onLeave: () => void;
}

const ROW = 34;
const HEAD = 44;
/** Rows that decide how wide a column is. */
const MEASURED = 60;

/** The table as a spreadsheet: one cell has the focus, arrows move it, typing replaces, Enter edits. Rows out of sight are not drawn. */
export function Sheet(props: SheetProps) {
  const { table, editable, choice, fired, onChoose } = props;
  const columns = sheetColumns(table);
  const count = table.rows.length + 1;
  const frame = useRef<HTMLDivElement>(null);
  const [editing, setEditing] = useState<string | null>(null);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW,
    overscan: 12,
    scrollMargin: HEAD,
    scrollPaddingStart: HEAD,
  });
  const width = columns.map((column) => widthOf(table, column));
  const template = `${width.map((one) => `${one}px`).join(' ')}${fired ? ' 84px' : ''}`;
  const firstThen = columns.findIndex(({ kind }) => kind === 'then');

  const cellAt = (row: number, column: number): HTMLElement | null =>
    frame.current?.querySelector<HTMLElement>(`[data-at="${row},${column}"]`) ?? null;
  const hadFocus = useRef(false);
  useEffect(() => {
    virtual.scrollToIndex(choice.row);
    if (!hadFocus.current || editing !== null) return undefined;
    // A row that was out of sight is drawn after it was scrolled to.
    const frameId = requestAnimationFrame(() => {
      // Somebody may have begun to write meanwhile.
      if (document.activeElement?.tagName !== 'INPUT') cellAt(choice.row, choice.column)?.focus();
    });
    return () => cancelAnimationFrame(frameId);
  }, [choice.row, choice.column, editing]);

  const go = (row: number, column: number, extend = false): void => {
    hadFocus.current = true;
    const at = { row: clamp(row, count), column: clamp(column, columns.length) };
    onChoose(extend ? { ...choice, ...at } : { ...at, toRow: at.row, toColumn: at.column });
  };
  const begin = (text: string | null): void => {
    const column = columns[choice.column];
    if (!editable || !column || (choice.row === otherwiseAt(table) && column.kind !== 'then')) return;
    setEditing(text ?? textAt(table, choice.row, column));
  };
  const commit = (text: string, row: number, column: number): void => {
    const one = columns[choice.column];
    setEditing(null);
    if (one) props.onCell(choice.row, one, text);
    go(row, column);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (editing !== null) return;
    const { key, shiftKey } = event;
    const control = event.ctrlKey || event.metaKey;
    const { row, column } = choice;
    const keys: Readonly<Record<string, () => void>> = {
      ArrowUp: () => go(control ? 0 : row - 1, column, shiftKey),
      ArrowDown: () => go(control ? count - 1 : row + 1, column, shiftKey),
      ArrowLeft: () => go(row, control ? 0 : column - 1, shiftKey),
      ArrowRight: () => go(row, control ? columns.length - 1 : column + 1, shiftKey),
      Home: () => go(control ? 0 : row, 0),
      End: () => go(control ? count - 1 : row, columns.length - 1),
      PageUp: () => go(row - 15, column, shiftKey),
      PageDown: () => go(row + 15, column, shiftKey),
      Enter: () => begin(null),
      F2: () => begin(null),
      Delete: () => editable && props.onClear(choice),
      Backspace: () => editable && props.onClear(choice),
      Escape: props.onLeave,
    };
    const last = columns.length - 1;
    if (key === 'Tab') {
      // Out of the sheet at its ends, as from any other place.
      if (shiftKey ? row === 0 && column === 0 : row === count - 1 && column === last) return;
      event.preventDefault();
      if (shiftKey) go(column === 0 ? row - 1 : row, column === 0 ? last : column - 1);
      else go(column === last ? row + 1 : row, column === last ? 0 : column + 1);
    } else if (keys[key]) {
      event.preventDefault();
      event.stopPropagation();
      keys[key]();
    } else if (key.length === 1 && !control && !event.altKey) {
      event.preventDefault();
      event.stopPropagation();
      begin(key);
    }
  };

  const onCopy = (event: ClipboardEvent): void => {
    if (editing !== null) return;
    event.preventDefault();
    const [fromRow, toRow] = ordered(choice.row, choice.toRow);
    const [from, to] = ordered(choice.column, choice.toColumn);
    const lines = Array.from({ length: toRow - fromRow + 1 }, (_, i) =>
      columns.slice(from, to + 1).map((column) => textAt(table, fromRow + i, column)),
    );
    event.clipboardData.setData('text/plain', writeTsv(lines));
  };
  const onPaste = (event: ClipboardEvent): void => {
    if (editing !== null || !editable) return;
    event.preventDefault();
    const [row] = ordered(choice.row, choice.toRow);
    const [column] = ordered(choice.column, choice.toColumn);
    props.onPaste(row, column, readTsv(event.clipboardData.getData('text/plain')));
  };

  return (
    <div ref={frame} className={classes['frame']}>
      <div
        role="grid"
        aria-label={`Rows of ${table.name}`}
        aria-rowcount={count + 1}
        aria-colcount={columns.length + (fired ? 1 : 0)}
        aria-readonly={!editable}
        aria-multiselectable="true"
        tabIndex={-1}
        style={{ height: HEAD + count * ROW, position: 'relative', minWidth: 'max-content' }}
        onKeyDown={onKeyDown}
        onCopy={onCopy}
        onPaste={onPaste}
        onFocus={() => (hadFocus.current = true)}
        onBlur={(event) => (hadFocus.current = event.currentTarget.contains(event.relatedTarget))}
      >
        <div
          role="row"
          aria-rowindex={1}
          className={classes['grid']}
          style={{ gridTemplateColumns: template, position: 'sticky', top: 0, zIndex: 4 }}
        >
          {columns.map((column, i) => (
            <Head
              key={`${column.kind} ${column.label} ${i}`}
              column={column}
              first={i === firstThen}
              onColumn={editable ? props.onColumn : null}
            />
          ))}
          {fired && (
            <div role="columnheader" className={`${classes['head']} ${classes['number']}`}>
              Fired
            </div>
          )}
        </div>
        {virtual.getVirtualItems().map(({ index, start }) => (
          <div
            key={index}
            role="row"
            aria-rowindex={index + 2}
            className={classes['grid']}
            style={{ gridTemplateColumns: template, position: 'absolute', top: start, left: 0 }}
          >
            {columns.map((column, i) => {
              const here = index === choice.row && i === choice.column;
              return (
                <Cell
                  key={i}
                  {...props}
                  row={index}
                  at={i}
                  column={column}
                  first={i === firstThen}
                  editing={here ? editing : null}
                  onGo={go}
                  onBegin={begin}
                  onCommit={commit}
                  onCancel={() => setEditing(null)}
                  columns={columns.length}
                />
              );
            })}
            {fired && (
              <div role="gridcell" className={`${classes['cell']} ${classes['number']}`}>
                {firedText(fired, table.rows[index]?.id)}
              </div>
            )}
          </div>
        ))}
      </div>
    </div>
  );
}

const clamp = (value: number, length: number): number => Math.max(0, Math.min(length - 1, value));
const ordered = (a: number, b: number): readonly [number, number] => (a <= b ? [a, b] : [b, a]);

function firedText(fired: ReadonlyMap<string, number>, id: string | undefined): string {
  return id === undefined ? '' : String(fired.get(id) ?? 0);
}

function widthOf(table: Table, column: SheetColumn): number {
  let longest = column.label.length + ('unit' in column ? column.unit.length + 3 : 0) + 4;
  for (let row = 0; row < Math.min(MEASURED, table.rows.length); row++)
    longest = Math.max(longest, textAt(table, row, column).length);
  return Math.round(Math.max(84, Math.min(column.kind === 'note' ? 320 : 240, 26 + longest * 7.4)));
}
