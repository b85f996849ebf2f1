import { Button, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { call } from '../api/client.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import classes from './account-page.module.css';

const SHORTEST = 12;

export function ChangePassword({
  currentLabel,
  onChanged,
}: {
  readonly currentLabel: string;
  readonly onChanged: () => void;
}) {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const change = useMutation({ mutationFn: () => call('POST', '/session/password', { current, next }) });
  const tooShort = next !== '' && next.length < SHORTEST;
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    change.mutate(undefined, {
      onSuccess: () => {
        setCurrent('');
        setNext('');
        onChanged();
      },
    });
  };
  return (
    <form className={classes['form']} onSubmit={submit}>
      <PasswordInput
        label={currentLabel}
        autoComplete="current-password"
        visibilityToggleButtonProps={{ 'aria-label': `Show: ${currentLabel}` }}
        value={current}
        onChange={(event) => setCurrent(event.currentTarget.value)}
      />
      <PasswordInput
        label="New password"
        description={`At least ${SHORTEST} characters. Several words are easier to remember than signs.`}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': 'Show: New password' }}
        error={tooShort ? `${SHORTEST - next.length} more` : null}
        value={next}
        onChange={(event) => setNext(event.currentTarget.value)}
      />
      {change.isError && <ProblemNotice error={change.error} />}
      <Button type="submit" loading={change.isPending} disabled={current === '' || next.length < SHORTEST}>
        Change password
      </Button>
    </form>
  );
}
