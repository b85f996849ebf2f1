/** The cells of a rule table as a grid in a form: one cell has the focus, arrows move it, typing replaces, Enter edits. */
import {
  clearCells,
  deleteRows,
  insertRow,
  otherwiseAt,
  paste,
  setCell,
  sheetColumns,
  spanOf,
  textAt,
  type SheetColumn,
  type Table,
} from '../../../../governance/api/rule-sheet/draft.ts';
import { readTsv, writeTsv } from '../../../../governance/api/rule-sheet/tsv.ts';
import { element } from '../elements.ts';

export interface GridOptions {
  readonly label: string;
  readonly editable: boolean;
  readonly otherwise: string;
  readonly table: () => Table;
  readonly change: (make: (before: Table) => Table) => void;
  readonly undo: () => void;
  readonly redo: () => void;
  /** Another cell is chosen. */
  readonly onChoose: () => void;
  /** Out of the grid by the keyboard. */
  readonly onLeave: () => void;
}

export interface Grid {
  readonly root: HTMLElement;
  /** Row, and what is wrong there by `<row> <column name>`; '' for the row itself. */
  draw(wrong: ReadonlyMap<string, string>): void;
  readonly chosen: () => { readonly row: number; readonly column: SheetColumn | undefined };
  addRow(): void;
  deleteRow(): void;
}

const LONGEST_CELL = 2_000;

export function ruleGrid(options: GridOptions): Grid {
  const { label, editable, table, change } = options;
  const root = element('div', 'wardflow-grid');
  const grid = element('div', '');
  grid.setAttribute('role', 'grid');
  grid.setAttribute('aria-label', label);
  grid.setAttribute('aria-readonly', String(!editable));
  root.append(grid);
  let row = 0;
  let at = 1;
  let toRow = 0;
  let toAt = 1;
  let typing: HTMLInputElement | null = null;
  let problems: ReadonlyMap<string, string> = new Map();

  const columns = (): readonly SheetColumn[] => sheetColumns(table());
  const cellAt = (r: number, c: number): HTMLElement | null => grid.querySelector<HTMLElement>(`[data-at="${r},${c}"]`);
  const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, value));

  const mark = (): void => {
    const rows = spanOf(row, toRow);
    const cells = spanOf(at, toAt);
    for (const cell of grid.querySelectorAll<HTMLElement>('[data-at]')) {
      const [r = 0, c = 0] = (cell.dataset['at'] ?? '').split(',').map(Number);
      const inside = r >= rows.from && r <= rows.to && c >= cells.from && c <= cells.to;
      cell.tabIndex = r === row && c === at ? 0 : -1;
      cell.setAttribute('aria-selected', String(inside));
    }
  };
  const go = (r: number, c: number, extend = false): void => {
    [toRow, toAt] = [clamp(r, otherwiseAt(table())), clamp(c, columns().length - 1)];
    if (!extend) [row, at] = [toRow, toAt];
    mark();
    const cell = cellAt(toRow, toAt);
    if (extend) cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    else cell?.focus();
    options.onChoose();
  };
  const changed = (make: (before: Table) => Table): void => {
    change(make);
    go(row, at);
  };

  const begin = (text: string | null): void => {
    const column = columns()[at];
    const cell = cellAt(row, at);
    if (!editable || !column || !cell || typing) return;
    if (row === otherwiseAt(table()) && column.kind !== 'then') return;
    const input = element('input', '');
    input.value = text ?? textAt(table(), row, column);
    input.maxLength = LONGEST_CELL;
    input.spellcheck = false;
    input.autocomplete = 'off';
    input.setAttribute('aria-label', `${column.label}, ${table().rows[row]?.id ?? options.otherwise}`);
    const end = (keep: boolean): void => {
      if (typing !== input) return;
      typing = null;
      const typed = input.value;
      input.remove();
      if (keep) change((before) => setCell(before, row, column, typed));
      draw(problems);
    };
    input.addEventListener('keydown', (event) => {
      event.stopPropagation();
      if (!['Enter', 'Tab', 'Escape'].includes(event.key)) return;
      event.preventDefault();
      end(event.key !== 'Escape');
      if (event.key === 'Enter') go(row + (event.shiftKey ? -1 : 1), at);
      else go(row, event.key === 'Tab' ? at + (event.shiftKey ? -1 : 1) : at);
    });
    input.addEventListener('blur', () => end(true));
    typing = input;
    cell.replaceChildren(input);
    input.focus();
    input.setSelectionRange(input.value.length, input.value.length);
  };

  const onKey = (event: KeyboardEvent): void => {
    if (typing) return;
    const { key, shiftKey } = event;
    const control = event.ctrlKey || event.metaKey;
    const [lastRow, last] = [otherwiseAt(table()), columns().length - 1];
    const keys: Readonly<Record<string, () => void>> = {
      ArrowUp: () => go((shiftKey ? toRow : row) - 1, shiftKey ? toAt : at, shiftKey),
      ArrowDown: () => go((shiftKey ? toRow : row) + 1, shiftKey ? toAt : at, shiftKey),
      ArrowLeft: () => go(shiftKey ? toRow : row, (shiftKey ? toAt : at) - 1, shiftKey),
      ArrowRight: () => go(shiftKey ? toRow : row, (shiftKey ? toAt : at) + 1, shiftKey),
      Home: () => go(control ? 0 : row, 0),
      End: () => go(control ? lastRow : row, last),
      Enter: () => begin(null),
      F2: () => begin(null),
      Delete: clear,
      Backspace: clear,
      Escape: options.onLeave,
    };
    if (key === 'Tab') {
      if (shiftKey ? row === 0 && at === 0 : row === lastRow && at === last) return;
      if (shiftKey) go(at === 0 ? row - 1 : row, at === 0 ? last : at - 1);
      else go(at === last ? row + 1 : row, at === last ? 0 : at + 1);
    } else if (control && /^[zy]$/i.test(key)) {
      if (/^y$/i.test(key) || shiftKey) options.redo();
      else options.undo();
      go(row, at);
    } else if (keys[key] && !(control && key === 'Enter')) keys[key]();
    else if (key.length === 1 && !control && !event.altKey) begin(key);
    else return;
    // The editor around it has keys of its own: Delete there deletes nodes.
    event.preventDefault();
    event.stopPropagation();
  };
  const clear = (): void => {
    if (editable) changed((before) => clearCells(before, spanOf(row, toRow), spanOf(at, toAt)));
  };
  const onCopy = (event: ClipboardEvent): void => {
    if (typing) return;
    event.preventDefault();
    event.stopPropagation();
    const rows = spanOf(row, toRow);
    const cells = spanOf(at, toAt);
    const chosen = columns().slice(cells.from, cells.to + 1);
    const lines = Array.from({ length: rows.to - rows.from + 1 }, (_, i) =>
      chosen.map((column) => textAt(table(), rows.from + i, column)),
    );
    event.clipboardData?.setData('text/plain', writeTsv(lines));
  };
  const onPaste = (event: ClipboardEvent): void => {
    if (typing) return;
    event.preventDefault();
    event.stopPropagation();
    const lines = readTsv(event.clipboardData?.getData('text/plain') ?? '');
    if (editable) changed((before) => paste(before, spanOf(row, toRow).from, spanOf(at, toAt).from, lines));
  };
  grid.addEventListener('keydown', onKey);
  grid.addEventListener('copy', onCopy);
  grid.addEventListener('paste', onPaste);
  grid.addEventListener('mousedown', (event) => {
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-at]') : null;
    if (!cell || event.target instanceof HTMLInputElement) return;
    const [r = 0, c = 0] = (cell.dataset['at'] ?? '').split(',').map(Number);
    event.preventDefault();
    if (typing) typing.blur();
    go(r, c, event.shiftKey);
  });
  grid.addEventListener('dblclick', () => begin(null));

  function draw(wrong: ReadonlyMap<string, string>): void {
    problems = wrong;
    // What somebody is typing stays: it is drawn when they have ended.
    if (typing) return;
    const had = grid.contains(document.activeElement);
    const { rows } = table();
    const all = columns();
    const head = element('div', 'wardflow-grid-row', ...all.map((column) => headOf(column)));
    head.setAttribute('role', 'row');
    grid.style.gridTemplateColumns = `repeat(${all.length}, max-content)`;
    const body = Array.from({ length: rows.length + 1 }, (_, r) => {
      const line = element('div', 'wardflow-grid-row', ...all.map((column, c) => cellOf(r, c, column)));
      line.setAttribute('role', 'row');
      return line;
    });
    grid.replaceChildren(head, ...body);
    [row, at] = [clamp(row, rows.length), clamp(at, all.length - 1)];
    [toRow, toAt] = [clamp(toRow, rows.length), clamp(toAt, all.length - 1)];
    mark();
    if (had) cellAt(row, at)?.focus({ preventScroll: true });
  }

  function headOf(column: SheetColumn): HTMLElement {
    const cell = element('div', 'wardflow-grid-head', column.label);
    if ('type' in column) {
      const about = column.unit === '' ? column.type : `${column.type}, ${column.unit}`;
      cell.append(element('small', '', about));
      if (column.kind === 'then' && column.at === 0) cell.classList.add('wardflow-grid-then');
    }
    cell.setAttribute('role', 'columnheader');
    return cell;
  }

  function cellOf(r: number, c: number, column: SheetColumn): HTMLElement {
    const below = r === otherwiseAt(table());
    const text = below && column.kind === 'id' ? options.otherwise : textAt(table(), r, column);
    const name = 'name' in column ? column.name : column.kind === 'id' ? '' : undefined;
    const problem = name === undefined ? undefined : problems.get(`${r} ${name}`);
    const cell = element('div', 'wardflow-grid-cell', text);
    cell.setAttribute('role', column.kind === 'id' ? 'rowheader' : 'gridcell');
    cell.dataset['at'] = `${r},${c}`;
    cell.title = problem ?? text;
    if (problem !== undefined) cell.setAttribute('aria-invalid', 'true');
    if (column.kind === 'then' && column.at === 0) cell.classList.add('wardflow-grid-then');
    if (text === '-' || below) cell.classList.add('wardflow-grid-any');
    return cell;
  }

  return {
    root,
    draw,
    chosen: () => ({ row, column: columns()[at] }),
    addRow() {
      const next = Math.min(spanOf(row, toRow).to + 1, otherwiseAt(table()));
      change((before) => insertRow(before, next));
      go(next, 0);
    },
    deleteRow() {
      const { from, to } = spanOf(row, toRow);
      changed((before) =>
        from >= before.rows.length ? before : deleteRows(before, from, Math.min(to, before.rows.length - 1)),
      );
    },
  };
}
