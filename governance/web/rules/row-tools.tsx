import { Button } from '@mantine/core';
import { ArrowDown, ArrowUp, Columns3, Plus, Trash2 } from 'lucide-react';
import { deleteRows, insertRow, moveRow, type Side, type Table } from '../../api/rule-sheet/draft.ts';
import classes from './sheet.module.css';

/** What is done to whole rows, and new columns. */
export function RowTools({
  rows,
  from,
  to,
  change,
  onRow,
  onAdd,
}: {
  readonly rows: number;
  /** Chosen rows, the first and the last; beyond the rows: what holds otherwise. */
  readonly from: number;
  readonly to: number;
  readonly change: (make: (before: Table) => Table) => void;
  readonly onRow: (row: number) => void;
  readonly onAdd: (side: Side) => void;
}) {
  const isRow = from < rows;
  const next = isRow ? to + 1 : rows;
  const moved = (by: -1 | 1): void => {
    change((before) => moveRow(before, from, from + by));
    onRow(from + by);
  };
  return (
    <div className={classes['tools']} role="toolbar" aria-label="Rows and columns">
      <Button
        variant="default"
        leftSection={<Plus size={14} />}
        onClick={() => {
          change((before) => insertRow(before, next));
          onRow(next);
        }}
      >
        Add row
      </Button>
      <Button
        variant="default"
        leftSection={<ArrowUp size={14} />}
        disabled={!isRow || from === 0}
        onClick={() => moved(-1)}
      >
        Move up
      </Button>
      <Button
        variant="default"
        leftSection={<ArrowDown size={14} />}
        disabled={!isRow || from >= rows - 1}
        onClick={() => moved(1)}
      >
        Move down
      </Button>
      <Button
        variant="default"
        leftSection={<Trash2 size={14} />}
        disabled={!isRow || rows <= to - from + 1}
        onClick={() => change((before) => deleteRows(before, from, Math.min(to, before.rows.length - 1)))}
      >
        {to > from ? 'Delete rows' : 'Delete row'}
      </Button>
      <Button variant="default" leftSection={<Columns3 size={14} />} onClick={() => onAdd('when')}>
        Add input
      </Button>
      <Button variant="default" leftSection={<Columns3 size={14} />} onClick={() => onAdd('then')}>
        Add output
      </Button>
    </div>
  );
}
