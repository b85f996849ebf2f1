import { Button, Switch } from '@mantine/core';
import { Table2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useSearchParams } from 'wouter';
import { leavesOf } from '../../diff/index.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { ScrollX } from '../feedback/scroll-x.tsx';
import type { ComparedTable } from './compared.ts';
import { anchors } from './discussion.ts';
import classes from './diff.module.css';
import { BeforeAfter, PropertyDiff } from './property-diff.tsx';
import { gridOf, type GridCell, type GridColumn, type GridRow } from './table-grid.ts';
import { Thread } from './thread.tsx';
import { valueText } from './value-text.ts';

/** Rows drawn at once; the rest on demand. */
const MOST = 200;

/** Rule tables that change, as tables: each cell with what it was and what it is. */
export function RulesView({ tables }: { readonly tables: readonly ComparedTable[] }) {
  if (tables.length === 0)
    return (
      <section className="panel">
        <EmptyState icon={Table2} title="No rule table changes">
          What this proposal changes is under Flow and Files.
        </EmptyState>
      </section>
    );
  return (
    <div className={classes['stack']}>
      {tables.map((table) => (
        <TableDiffPanel key={`${table.definition} ${table.file}`} table={table} />
      ))}
    </div>
  );
}

/** `whole`: all changed rows at once, for paper. */
export function TableDiffPanel({ table, whole = false }: { readonly table: ComparedTable; readonly whole?: boolean }) {
  const { definition, file, before, after, diff } = table;
  const grid = useMemo(() => gridOf(table), [table]);
  const [query] = useSearchParams();
  const [onlyChanged, setOnlyChanged] = useState(true);
  const [all, setAll] = useState(whole);
  const differs = ({ change, moved }: GridRow): boolean => change !== 'same' || moved;
  const rows = onlyChanged ? grid.rows.filter(differs) : grid.rows;
  const shown = all ? rows : rows.slice(0, MOST);
  const fields = leavesOf(diff?.fields ?? null);
  const title = (after ?? before)?.['title'];
  const current = query.get('file') === file ? query.get('row') : null;
  const firstThen = grid.columns.find(({ side }) => side === 'then');
  const id = `table-${definition}-${file}`;
  return (
    <section className="panel" aria-labelledby={id}>
      <div className={`panel-head ${classes['table-head']}`}>
        <h2 id={id}>
          {typeof title === 'string' && title !== '' ? title : file}{' '}
          <span className="dim mono">
            {definition}/{file}
          </span>
        </h2>
        {!whole && (
          <Switch
            size="xs"
            label="Only changed rows"
            checked={onlyChanged}
            onChange={(event) => setOnlyChanged(event.currentTarget.checked)}
          />
        )}
      </div>
      {diff === null && (
        <p className={classes['note']}>{before === null ? 'The whole table is new.' : 'The whole table is removed.'}</p>
      )}
      {rows.length === 0 && grid.otherwise === null ? (
        <p className={classes['note']}>No row differs: what differs is below.</p>
      ) : (
        <ScrollX label={`Rows of ${file}`}>
          <table className={classes['grid']}>
            <thead>
              <tr>
                <th scope="col">Row</th>
                {grid.columns.map((column) => (
                  <ColumnHead key={`${column.side} ${column.name}`} column={column} first={column === firstThen} />
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <Cells
                  key={`${row.change === 'removed' ? '-' : '+'}${row.id}`}
                  row={row}
                  firstThen={firstThen}
                  current={row.id === current}
                  table={table}
                />
              ))}
              {grid.otherwise && (
                <tr data-change="changed">
                  <th scope="row" colSpan={1 + grid.columns.length - grid.otherwise.length}>
                    Where no row matches
                    <span className={classes['mark']} data-change="changed">
                      changed
                    </span>
                    <Thread place={{ definition, file, anchor: 'otherwise' }} what="where no row matches" />
                  </th>
                  {grid.otherwise.map((cell) => (
                    <Cell key={cell.column.name} cell={cell} first={cell.column === firstThen} />
                  ))}
                </tr>
              )}
            </tbody>
          </table>
        </ScrollX>
      )}
      {rows.length > shown.length && (
        <p className={classes['note']}>
          <Button variant="default" onClick={() => setAll(true)}>
            Show {rows.length - shown.length} more rows
          </Button>
        </p>
      )}
      {fields.length > 0 && (
        <div className={classes['fields']}>
          <h3>Of the table itself</h3>
          <PropertyDiff leaves={fields} place={{ definition, file, anchor: null }} />
        </div>
      )}
    </section>
  );
}

function ColumnHead({ column, first }: { readonly column: GridColumn; readonly first: boolean }) {
  const { label, unit, change, was } = column;
  return (
    <th scope="col" data-change={change} className={first ? classes['first-then'] : undefined}>
      {label}
      {unit && ` (${unit})`}
      {change !== 'same' && (
        <span className={classes['mark']} data-change={change}>
          {was !== null ? `was ${was}` : change}
        </span>
      )}
    </th>
  );
}

function Cells({
  row,
  firstThen,
  current,
  table: { definition, file, diff },
}: {
  readonly row: GridRow;
  readonly firstThen: GridColumn | undefined;
  readonly current: boolean;
  readonly table: ComparedTable;
}) {
  const { id, was, change, moved, place } = row;
  const fields = leavesOf(diff?.rows.changed.find((one) => one.id === id)?.fields ?? null);
  return (
    <>
      <tr data-change={change} data-current={current}>
        <th scope="row">
          <code>{id}</code>
          {change !== 'same' && (
            <span className={classes['mark']} data-change={change}>
              {was === null ? change : `was ${was}`}
            </span>
          )}
          {moved && (
            <span className={classes['mark']} data-change="moved">
              moved from {place.before} to {place.after}
            </span>
          )}
          {(change !== 'same' || moved) && (
            <Thread place={{ definition, file, anchor: anchors.row(id) }} what={`row ${id}`} />
          )}
        </th>
        {row.cells.map((cell) => (
          <Cell
            key={`${cell.column.side} ${cell.column.name}`}
            cell={change === 'changed' || change === 'same' ? cell : { ...cell, change: 'same' }}
            first={cell.column === firstThen}
          />
        ))}
      </tr>
      {fields.length > 0 && (
        <tr>
          <td />
          <td colSpan={row.cells.length}>
            <PropertyDiff
              leaves={fields}
              place={{ definition, file, anchor: null }}
              anchorOf={(path) => anchors.row(id, path.join('/'))}
            />
          </td>
        </tr>
      )}
    </>
  );
}

function Cell({ cell: { change, before, after }, first }: { readonly cell: GridCell; readonly first: boolean }) {
  return (
    <td data-change={change} className={first ? classes['first-then'] : undefined}>
      {change === 'same' ? (
        <span className={classes['cell']}>{valueText(after ?? before)}</span>
      ) : (
        <BeforeAfter before={before} after={after} />
      )}
    </td>
  );
}
