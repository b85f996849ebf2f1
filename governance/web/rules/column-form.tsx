import { Button, Group, Modal, Select, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Column, Side, Value } from '../../api/rule-sheet/draft.ts';
import classes from './sheet.module.css';

const TYPES = ['string', 'number', 'boolean', 'date', 'time', 'dateTime', 'list'];

export interface ColumnFormProps {
  readonly side: Side;
  /** `null`: a new one. */
  readonly column: Column | null;
  readonly only: boolean;
  readonly onSave: (column: Column) => void;
  readonly onDelete: () => void;
  readonly onMove: (by: -1 | 1) => void;
  readonly onClose: () => void;
}

/** What a column is: name, label, type, and where its value comes from or what it may be. */
export function ColumnForm({ side, column, only, onSave, onDelete, onMove, onClose }: ColumnFormProps) {
  const [name, setName] = useState(column?.name ?? '');
  const [label, setLabel] = useState(column?.label ?? '');
  const [type, setType] = useState(column?.type ?? 'string');
  const [unit, setUnit] = useState(column?.unit ?? '');
  const [expression, setExpression] = useState(column?.expression ?? 'event.data.');
  const [values, setValues] = useState((column?.values ?? []).map(String).join('\n'));
  const wrongName = /^[A-Za-z][A-Za-z0-9_]{0,62}$/.test(name) ? null : 'Letters, digits and _, beginning with a letter';
  const input = side === 'when';

  const save = (): void => {
    const { label: _l, unit: _u, values: _v, ...kept } = column ?? { name, type };
    const list = values
      .split('\n')
      .map((one) => one.trim())
      .filter((one) => one !== '')
      .map((one): Value => (type === 'number' && one !== '' && !Number.isNaN(Number(one)) ? Number(one) : one));
    const wish: Column = input
      ? {
          ...(label.trim() === '' ? {} : { label: label.trim() }),
          ...kept,
          name,
          expression,
          type,
          ...(unit.trim() === '' ? {} : { unit: unit.trim() }),
        }
      : { ...kept, name, type, ...(list.length === 0 ? {} : { values: list }) };
    onSave(wish);
  };

  return (
    <Modal opened onClose={onClose} title={column ? `Column ${column.label ?? column.name}` : 'New column'} size="md">
      <form
        className={classes['stack']}
        onSubmit={(event) => {
          event.preventDefault();
          if (wrongName === null) save();
        }}
      >
        <TextInput
          label="Name"
          description="In tests and in the flow"
          value={name}
          error={name === '' ? null : wrongName}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {input && <TextInput label="Label" value={label} onChange={(event) => setLabel(event.currentTarget.value)} />}
        <Select
          label="Type"
          data={TYPES}
          value={type}
          allowDeselect={false}
          onChange={(value) => setType(value ?? 'string')}
        />
        {input && <TextInput label="Unit" value={unit} onChange={(event) => setUnit(event.currentTarget.value)} />}
        {input && (
          <Textarea
            label="Where it comes from"
            description="JSONata over event, message and now"
            value={expression}
            autosize
            minRows={1}
            onChange={(event) => setExpression(event.currentTarget.value)}
          />
        )}
        {!input && (
          <Textarea
            label="Values"
            description="What is allowed, one to a line; for PRIORITY the most important first. Empty: anything of the type"
            value={values}
            autosize
            minRows={2}
            onChange={(event) => setValues(event.currentTarget.value)}
          />
        )}
        <Group justify="space-between" mt="sm">
          {column ? (
            <Group gap="xs">
              <Button variant="default" onClick={() => onMove(-1)}>
                Move left
              </Button>
              <Button variant="default" onClick={() => onMove(1)}>
                Move right
              </Button>
              <Button variant="default" color="red" disabled={only} onClick={onDelete}>
                Delete column
              </Button>
            </Group>
          ) : (
            <span />
          )}
          <Button type="submit" disabled={wrongName !== null}>
            {column ? 'Keep' : 'Add column'}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
