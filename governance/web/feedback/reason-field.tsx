import { Textarea } from '@mantine/core';

/** Why somebody does what the sheet does: at least three characters, kept in the audit. Has the focus when the sheet opens. */
export function ReasonField({
  label = 'Reason',
  description,
  value,
  onChange,
}: {
  readonly label?: string;
  readonly description: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <Textarea
      label={label}
      description={description}
      size="sm"
      rows={3}
      required
      minLength={3}
      maxLength={500}
      data-autofocus
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
