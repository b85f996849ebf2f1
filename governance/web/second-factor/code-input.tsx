import { TextInput } from '@mantine/core';

/** `recovery`: a recovery code does as well. */
export function CodeInput({
  value,
  onChange,
  recovery = false,
  focus = false,
}: {
  readonly value: string;
  readonly onChange: (code: string) => void;
  readonly recovery?: boolean;
  readonly focus?: boolean;
}) {
  return (
    <TextInput
      label="Code"
      description={recovery ? 'Six digits from your app, or a recovery code.' : 'Six digits from your app.'}
      size="sm"
      autoComplete="one-time-code"
      // Letters as well where a recovery code is taken.
      inputMode={recovery ? 'text' : 'numeric'}
      autoCapitalize="none"
      spellCheck={false}
      maxLength={32}
      required
      withAsterisk={false}
      autoFocus={focus}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** Whether it has the form of a code: what has not need not be sent. */
export function isCode(text: string): boolean {
  return /^[0-9A-Za-z -]{6,32}$/.test(text.trim());
}
