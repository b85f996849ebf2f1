import { Button, Select, Switch } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Redo2, Save, Undo2 } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Link } from 'wouter';
import type { RuleTableDetail } from '../../api/runtime-shapes.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useSession } from '../session/session.ts';
import { ColumnForm } from './column-form.tsx';
import {
  addColumn,
  changeColumn,
  clearCells,
  spanOf,
  deleteColumn,
  moveColumn,
  otherwiseAt,
  paste,
  setCell,
  setOtherwise,
  setPolicy,
  sheetColumns,
  textAt,
  trialOf,
  type SheetColumn,
  type Side,
  type Table,
} from '../../api/rule-sheet/draft.ts';
import { RowTools } from './row-tools.tsx';
import { saveTable, useCoverage, useReport } from './queries.ts';
import { Sheet, type Choice } from './sheet.tsx';
import classes from './sheet.module.css';
import { useHistory } from './use-history.ts';
import { coverageWords, Findings, Samples } from './verdicts.tsx';
import { RowDetails, TableDetails } from './details-panel.tsx';
import { Tests } from './test-panel.tsx';
import { Trial } from './trial-panel.tsx';

const POLICIES = [
  { value: 'FIRST', label: 'FIRST: the first row that matches' },
  { value: 'UNIQUE', label: 'UNIQUE: only one row may match' },
  { value: 'PRIORITY', label: 'PRIORITY: the most important output' },
  { value: 'ANY', label: 'ANY: rows that match must agree' },
  { value: 'COLLECT', label: 'COLLECT: all rows together' },
];
const AGGREGATIONS = ['none', 'SUM', 'MIN', 'MAX', 'COUNT'];

/** One table: the sheet, and under it what the server says of it as it stands. */
export function RuleTableEditor({
  detail,
  onSaved,
}: {
  readonly detail: RuleTableDetail;
  readonly onSaved: (detail: RuleTableDetail) => void;
}) {
  const { definition, table: name, version, writable } = detail;
  const mayEdit = useSession().may('editor:edit');
  const editable = mayEdit && writable;
  // As it was opened: what was saved since is a step of the history.
  const [first] = useState(detail.content as Table);
  const history = useHistory(first);
  const table = history.now;
  const { change, undo, redo } = history;
  const [choice, setChoice] = useState<Choice>({ row: 0, column: 1, toRow: 0, toColumn: 1 });
  const [form, setForm] = useState<{ readonly side: Side; readonly at: number | null } | null>(null);
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const [saving, setSaving] = useState<'no' | 'saving' | 'saved'>('no');
  const [trouble, setTrouble] = useState<unknown>(null);
  const tools = useRef<HTMLDivElement>(null);
  const [saved, setSaved] = useState(first);
  const changed = table !== saved;

  const trial = useMemo(() => trialOf(table, typed), [table, typed]);
  const [asked] = useDebouncedValue(
    useMemo(() => ({ content: table, ...(trial ? { trial } : {}) }), [table, trial]),
    250,
  );
  const asking = useReport(definition, name, asked, mayEdit);
  const report = asking.data;
  const coverage = useCoverage(definition, name).data;

  useEffect(() => {
    if (!changed) return undefined;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [changed]);

  useEffect(() => {
    if (!editable) return undefined;
    // Wherever the focus is, but not from what somebody is typing: that has its own.
    const keys = (event: KeyboardEvent): void => {
      const typing = event.target instanceof Element && event.target.matches('input, textarea');
      if (typing || event.altKey || !(event.ctrlKey || event.metaKey) || !/^[zy]$/i.test(event.key)) return;
      event.preventDefault();
      if (/^y$/i.test(event.key) || event.shiftKey) redo();
      else undo();
    };
    window.addEventListener('keydown', keys);
    return () => window.removeEventListener('keydown', keys);
  }, [editable, undo, redo]);

  const wrong = useMemo(() => {
    const found = new Map<string, string>();
    for (const { row, column, what } of report?.problems ?? [])
      if (row !== undefined) found.set(`${row === 'otherwise' ? otherwiseAt(table) : row} ${column ?? ''}`, what);
    return found;
  }, [report, table]);
  const wrongAt = (row: number, column: SheetColumn): string | undefined =>
    column.kind === 'when' || column.kind === 'then'
      ? wrong.get(`${row} ${column.name}`)
      : column.kind === 'id'
        ? wrong.get(`${row} `)
        : undefined;
  const found = useMemo(() => new Set(report?.findings.map(({ rows }) => rows[0] ?? '') ?? []), [report]);
  const fired = useMemo(
    () => (coverage ? new Map(coverage.rows.map(({ row, fired: times }) => [row, times])) : null),
    [coverage],
  );

  const columns = sheetColumns(table);
  const here = columns[Math.min(choice.column, columns.length - 1)];
  const [top, bottom] = [Math.min(choice.row, choice.toRow), Math.max(choice.row, choice.toRow)];
  const at = (row: number): void => setChoice({ ...choice, row, toRow: row, toColumn: choice.column });

  const clear = (chosen: Choice): void =>
    change((before) => clearCells(before, spanOf(chosen.row, chosen.toRow), spanOf(chosen.column, chosen.toColumn)));

  const save = async (): Promise<void> => {
    setSaving('saving');
    setTrouble(null);
    try {
      onSaved(await saveTable(definition, name, { content: table, base: version }));
      setSaved(table);
      setSaving('saved');
    } catch (error) {
      setTrouble(error);
      setSaving('no');
    }
  };

  const rowHere = table.rows[choice.row];
  const wrongHere = here && wrongAt(choice.row, here);
  const problems = report?.problems.length ?? 0;
  const words = coverageWords(coverage, table.rows.length);
  const chosenForm = form && (form.side === 'when' ? table.inputs : table.outputs);
  return (
    <>
      <section className="panel" aria-label="Table">
        <div className={classes['tools']} ref={tools}>
          <Select
            label="Hit policy"
            w={310}
            data={POLICIES}
            value={table.hitPolicy}
            disabled={!editable}
            allowDeselect={false}
            onChange={(value) => change((before) => setPolicy(before, value ?? 'FIRST', before.aggregation ?? 'none'))}
          />
          {table.hitPolicy === 'COLLECT' && (
            <Select
              label="Aggregation"
              w={110}
              data={AGGREGATIONS}
              value={table.aggregation ?? 'none'}
              disabled={!editable}
              allowDeselect={false}
              onChange={(value) => change((before) => setPolicy(before, 'COLLECT', value ?? 'none'))}
            />
          )}
          <Switch
            label="Otherwise holds where no row matches"
            size="xs"
            mb={6}
            checked={table.otherwise !== null}
            disabled={!editable}
            onChange={(event) => {
              const holds = event.currentTarget.checked;
              change((before) => setOtherwise(before, holds));
            }}
          />
          {editable && (
            <>
              <span className={classes['push']} />
              <Button variant="default" leftSection={<Undo2 size={14} />} disabled={!history.canUndo} onClick={undo}>
                Undo
              </Button>
              <Button variant="default" leftSection={<Redo2 size={14} />} disabled={!history.canRedo} onClick={redo}>
                Redo
              </Button>
              <Button
                leftSection={<Save size={14} />}
                disabled={!changed || problems > 0}
                loading={saving === 'saving'}
                onClick={() => void save()}
              >
                Save
              </Button>
            </>
          )}
        </div>
        {editable && (
          <RowTools
            rows={table.rows.length}
            from={top}
            to={bottom}
            change={change}
            onRow={at}
            onAdd={(side) => setForm({ side, at: null })}
          />
        )}
        {trouble !== null && <ProblemNotice error={trouble} />}
        {saving === 'saved' && !changed && (
          <p className={classes['bar']} role="status">
            <span>
              Saved: staging decides by it from the next message on. <Link href="/proposals">Propose it</Link> to bring
              it into production.
            </span>
          </p>
        )}
        <Sheet
          table={table}
          editable={editable}
          choice={choice}
          wrongAt={wrongAt}
          found={found}
          fired={fired}
          onChoose={setChoice}
          onCell={(row, column, text) => change((before) => setCell(before, row, column, text))}
          onClear={clear}
          onPaste={(row, column, lines) => change((before) => paste(before, row, column, lines))}
          onColumn={(side, column) => setForm({ side, at: column })}
          onLeave={() =>
            tools.current?.querySelector<HTMLElement>('input:not(:disabled),button:not(:disabled)')?.focus()
          }
        />
        <div className={classes['bar']} role="status" aria-label="Chosen cell">
          <span className={classes['place']}>
            {table.rows[choice.row]?.id ?? 'otherwise'}, {here?.label}
          </span>
          <code>{here ? textAt(table, choice.row, here) || 'empty' : ''}</code>
          {wrongHere !== undefined && <span className={classes['wrong']}>{wrongHere}</span>}
        </div>
        <p className={`${classes['bar']} dim`}>
          {editable
            ? 'Type to replace a cell, Enter to edit, Delete to clear, Ctrl+Z to take back; paste rows from a spreadsheet. Esc leaves the sheet.'
            : writable
              ? 'Your role reads rule tables; analysts and engineers change them.'
              : 'Here a rule table changes by a release only: change it in staging and propose it.'}
        </p>
        {words !== null && <p className={`${classes['bar']} dim`}>{words}</p>}
      </section>
      <div className={classes['columns']}>
        {mayEdit && (
          <>
            {asking.isError && !report && <ProblemNotice error={asking.error} retry={() => void asking.refetch()} />}
            <Findings report={report} />
            <Trial
              place={detail}
              table={table}
              typed={typed}
              onType={setTyped}
              trial={trial}
              report={report}
              editable={editable}
              change={change}
            />
          </>
        )}
        {rowHere && (
          <RowDetails
            // A field of another row is another field.
            key={choice.row}
            table={table}
            row={rowHere}
            at={choice.row}
            editable={editable}
            change={change}
          />
        )}
        <TableDetails table={table} editable={editable} change={change} />
        {mayEdit && (
          <>
            <Tests report={report} table={table} editable={editable} change={change} />
            <Samples report={report} />
          </>
        )}
      </div>
      {form && chosenForm && (
        <ColumnForm
          side={form.side}
          column={form.at === null ? null : (chosenForm[form.at] ?? null)}
          only={chosenForm.length < 2}
          onClose={() => setForm(null)}
          onSave={(column) => {
            const { side, at: place } = form;
            change((before) =>
              place === null ? addColumn(before, side, column) : changeColumn(before, side, place, column),
            );
            setForm(null);
          }}
          onDelete={() => {
            const { side, at: place } = form;
            change((before) => deleteColumn(before, side, place ?? -1));
            setForm(null);
          }}
          onMove={(by) => {
            const { side, at: place } = form;
            if (place === null) return;
            change((before) => moveColumn(before, side, place, place + by));
            setForm(null);
          }}
        />
      )}
    </>
  );
}
