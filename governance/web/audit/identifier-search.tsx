import { Button, Modal, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { FoundMessages } from '../../api/audit-contract.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useFindMessages } from './queries.ts';

export interface Found extends FoundMessages {
  /** As the page says it: never the identifier itself. */
  readonly of: string;
}

const KINDS = [
  { value: 'patient', label: 'Patient identifier' },
  { value: 'order', label: 'Order number' },
  { value: 'visit', label: 'Visit number' },
];

/** Entries about the messages of a patient. What is typed stands in no address and no audit entry; that it was asked does. */
export function IdentifierSearch({
  onFound,
  onClose,
}: {
  readonly onFound: (found: Found) => void;
  readonly onClose: () => void;
}) {
  const [kind, setKind] = useState('patient');
  const [value, setValue] = useState('');
  const find = useFindMessages();
  const label = KINDS.find((one) => one.value === kind)?.label ?? '';
  return (
    <Modal opened onClose={onClose} title="Entries about a patient" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          find.mutate(
            { kind, value: value.trim() },
            { onSuccess: (found) => onFound({ ...found, of: `one ${label.toLowerCase()}` }) },
          );
        }}
      >
        <Select
          label="Search by"
          data={KINDS}
          allowDeselect={false}
          value={kind}
          onChange={(next) => setKind(next ?? 'patient')}
        />
        <TextInput
          mt="sm"
          label={label}
          description="That you searched is recorded in the audit under your name."
          data-autofocus
          required
          maxLength={128}
          autoComplete="off"
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
        {find.isError && <ProblemNotice error={find.error} />}
        <Button type="submit" mt="md" loading={find.isPending} disabled={value.trim() === ''}>
          Search
        </Button>
      </form>
    </Modal>
  );
}
