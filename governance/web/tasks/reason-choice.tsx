import { Radio, Stack, Textarea } from '@mantine/core';
import type { TaskReason } from '../../api/runtime-shapes.ts';
import type { ReasonChoice } from './reasons.ts';
import classes from './tasks.module.css';

/** A reason that is being given. */
export interface Given {
  readonly code: string | null;
  readonly text: string;
}
export const NO_REASON: Given = { code: null, text: '' };
const LONGEST = 500;

/** As it is sent; `null`: it is not one yet. "Something else" says nothing by itself. */
export function reasonOf({ code, text }: Given): TaskReason | null {
  const words = text.trim();
  if (code === null || (code === 'other' && words.length < 3)) return null;
  return { code, text: words === '' ? null : words };
}

export function ReasonChoiceField({
  label,
  choices,
  value,
  onChange,
  focus = true,
}: {
  readonly label: string;
  readonly choices: readonly ReasonChoice[];
  readonly value: Given;
  readonly onChange: (value: Given) => void;
  readonly focus?: boolean;
}) {
  return (
    <>
      <Radio.Group
        label={label}
        size="sm"
        required
        value={value.code ?? ''}
        onChange={(code) => onChange({ ...value, code })}
      >
        <Stack gap={0} className={classes['choices'] ?? ''}>
          {choices.map(({ code, label: words }, n) => (
            <Radio
              key={code}
              value={code}
              label={words}
              className={classes['choice'] ?? ''}
              {...(focus && n === 0 ? { 'data-autofocus': true } : {})}
            />
          ))}
        </Stack>
      </Radio.Group>
      <Textarea
        label={value.code === 'other' ? 'What is it?' : 'More about it (optional)'}
        description="Recorded under your name. No patient data, please."
        size="sm"
        rows={2}
        autosize
        maxRows={6}
        maxLength={LONGEST}
        required={value.code === 'other'}
        value={value.text}
        onChange={(event) => onChange({ ...value, text: event.currentTarget.value })}
      />
    </>
  );
}
