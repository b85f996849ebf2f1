import { Button, Group, Modal, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { caseOfForm, formOf, type CaseForm } from '../../api/rule-sheet/cases.ts';
import type { Column, Table, TestCase } from '../../api/rule-sheet/draft.ts';
import classes from './sheet.module.css';

const EXPECTED = [
  { value: 'outputs', label: 'these outputs' },
  { value: 'nothing', label: 'no row matches, and nothing else holds' },
  { value: 'error', label: 'an error' },
];

/** One test: what comes in, and what is expected. A field that is left empty is not given, or not compared. */
export function TestForm({
  table,
  test,
  isNew,
  onSave,
  onClose,
}: {
  readonly table: Table;
  readonly test: TestCase;
  readonly isNew: boolean;
  readonly onSave: (made: TestCase) => void;
  readonly onClose: () => void;
}) {
  const [form, setForm] = useState<CaseForm>(() => formOf(test));
  const named = form.name.trim() !== '';
  const taken = (table.tests ?? []).some((one) => one !== test && one.name === form.name.trim());
  const ready = named && !taken && (form.expected !== 'error' || form.error.trim() !== '');
  return (
    <Modal opened onClose={onClose} title={isNew ? 'New test' : 'Test'} size="lg">
      <form
        className={classes['stack']}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) onSave(caseOfForm(table, form, test));
        }}
      >
        <TextInput
          label="Name"
          value={form.name}
          maxLength={200}
          data-autofocus
          error={taken ? 'Another test has this name' : null}
          onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
        />
        <Columns
          legend="Input"
          hint="missing"
          columns={table.inputs}
          values={form.input}
          onType={(name, text) => setForm({ ...form, input: { ...form.input, [name]: text } })}
        />
        <Select
          label="Expected"
          data={EXPECTED}
          value={form.expected}
          allowDeselect={false}
          onChange={(value) => setForm({ ...form, expected: (value ?? 'outputs') as CaseForm['expected'] })}
        />
        {form.expected === 'outputs' && (
          <Columns
            legend="Outputs"
            hint="not compared"
            columns={table.outputs}
            values={form.expect}
            onType={(name, text) => setForm({ ...form, expect: { ...form.expect, [name]: text } })}
          />
        )}
        {form.expected === 'error' ? (
          <TextInput
            label="Error"
            placeholder="rule-several-matched"
            value={form.error}
            maxLength={100}
            onChange={(event) => setForm({ ...form, error: event.currentTarget.value })}
          />
        ) : (
          <TextInput
            label="Rows"
            description="Ids of the rows that answer, with commas between; - where none does; empty: whichever"
            value={form.rows}
            onChange={(event) => setForm({ ...form, rows: event.currentTarget.value })}
          />
        )}
        <TextInput
          label="Time of the decision"
          description="Such as 2026-06-01T12:00:00Z; empty: now"
          value={form.now}
          maxLength={40}
          onChange={(event) => setForm({ ...form, now: event.currentTarget.value })}
        />
        <Group justify="flex-end" mt="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!ready}>
            {isNew ? 'Add test' : 'Keep'}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

function Columns({
  legend,
  hint,
  columns,
  values,
  onType,
}: {
  readonly legend: string;
  readonly hint: string;
  readonly columns: readonly Column[];
  readonly values: Readonly<Record<string, string>>;
  readonly onType: (name: string, text: string) => void;
}) {
  return (
    <fieldset className={classes['group']}>
      <legend>{legend}</legend>
      <div className={classes['trial']}>
        {columns.map(({ name, label = name, unit }) => (
          <TextInput
            key={name}
            label={unit === undefined ? label : `${label} (${unit})`}
            placeholder={hint}
            value={values[name] ?? ''}
            onChange={(event) => onType(name, event.currentTarget.value)}
          />
        ))}
      </div>
    </fieldset>
  );
}
