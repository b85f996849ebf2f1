import { Textarea, TextInput } from '@mantine/core';
import { useId } from 'react';
import { detailsOf, setRowDetail, setTableDetail, type Details } from '../../api/rule-sheet/details.ts';
import { setCell, type Row, type Table } from '../../api/rule-sheet/draft.ts';
import { Panel } from './panel.tsx';
import classes from './sheet.module.css';
import type { Change } from './use-history.ts';

interface FieldsProps {
  readonly details: Details;
  /** What holds where nothing is said; `null`: this is what holds. */
  readonly otherwise: Details | null;
  readonly editable: boolean;
  readonly set: (name: keyof Details, text: string) => void;
}

/** A day has the browser's own field; a time with its zone, which a file may have, is text. */
const DAY = /^(?:\d{4}-\d{2}-\d{2})?$/;

function Fields({ details, otherwise, editable, set }: FieldsProps) {
  const of = (name: keyof Details) => ({
    value: details[name],
    readOnly: !editable,
    placeholder: otherwise?.[name] ?? '',
    onBlur: () => set(name, details[name].trim()),
  });
  const needed = (name: keyof Details, sentence: string): string | null => {
    const wanted = otherwise === null || details.ownerName !== '' || details.ownerContact !== '';
    return wanted && details[name].trim() === '' ? sentence : null;
  };
  const backwards =
    details.from !== '' && details.to !== '' && details.from > details.to ? 'It ends before it begins' : null;
  return (
    <>
      <TextInput
        label="Owner"
        maxLength={200}
        error={needed('ownerName', 'An owner has a name')}
        {...of('ownerName')}
        onChange={(event) => set('ownerName', event.currentTarget.value)}
      />
      <TextInput
        label="Contact"
        maxLength={200}
        error={needed('ownerContact', 'An owner has a contact')}
        {...of('ownerContact')}
        onChange={(event) => set('ownerContact', event.currentTarget.value)}
      />
      <TextInput
        label="In force from"
        type={DAY.test(details.from) ? 'date' : 'text'}
        {...of('from')}
        onChange={(event) => set('from', event.currentTarget.value)}
      />
      <TextInput
        label="In force to"
        description="That day included, in UTC"
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        type={DAY.test(details.to) ? 'date' : 'text'}
        error={backwards}
        {...of('to')}
        onChange={(event) => set('to', event.currentTarget.value)}
      />
      <Textarea
        label="Reason"
        className={classes['wide'] ?? ''}
        autosize
        minRows={1}
        maxRows={6}
        maxLength={2000}
        error={otherwise === null && details.reason.trim() === '' ? 'A table has a reason' : null}
        {...of('reason')}
        onChange={(event) => set('reason', event.currentTarget.value)}
      />
      <Textarea
        label="Clinical reference"
        className={classes['wide'] ?? ''}
        autosize
        minRows={1}
        maxRows={6}
        maxLength={2000}
        {...of('reference')}
        onChange={(event) => set('reference', event.currentTarget.value)}
      />
    </>
  );
}

interface PanelProps {
  readonly table: Table;
  readonly editable: boolean;
  readonly change: Change<Table>;
}

/** Who answers for the table, why it is so, and when it holds. */
export function TableDetails({ table, editable, change }: PanelProps) {
  return (
    <Panel title="About the table">
      <div className={classes['details']}>
        <Fields
          details={detailsOf(table)}
          otherwise={null}
          editable={editable}
          set={(name, text) => change((before) => setTableDetail(before, name, text), `table ${name}`)}
        />
      </div>
    </Panel>
  );
}

/** What the chosen row says of itself; where it says nothing, the table's holds. */
export function RowDetails({
  table,
  row,
  at,
  editable,
  change,
}: PanelProps & { readonly row: Row; readonly at: number }) {
  const hint = useId();
  const note = { kind: 'note', label: 'Note' } as const;
  const setNote = (text: string): void =>
    change(
      (before) => ({ ...before, rows: before.rows.map((one, i) => (i === at ? withNote(one, text) : one)) }),
      `row ${at} note`,
    );
  return (
    <Panel title={`About row ${row.id}`}>
      <p id={hint} className={`${classes['hint']} dim`}>
        Empty fields: what holds for the table.
      </p>
      <div className={classes['details']} aria-describedby={hint} role="group" aria-label={`Row ${row.id}`}>
        <Fields
          details={detailsOf(row)}
          otherwise={detailsOf(table)}
          editable={editable}
          set={(name, text) => change((before) => setRowDetail(before, at, name, text), `row ${at} ${name}`)}
        />
        <Textarea
          label="Note"
          className={classes['wide'] ?? ''}
          autosize
          minRows={1}
          maxRows={6}
          maxLength={500}
          readOnly={!editable}
          value={row.note ?? ''}
          onChange={(event) => setNote(event.currentTarget.value)}
          onBlur={() => change((before) => setCell(before, at, note, (row.note ?? '').trim()), `row ${at} note`)}
        />
      </div>
    </Panel>
  );
}

/** As it is typed: blanks at its end may be in the middle of a word. */
function withNote(row: Row, text: string): Row {
  if (text !== '') return { ...row, note: text };
  const { note: _, ...rest } = row;
  return rest;
}
