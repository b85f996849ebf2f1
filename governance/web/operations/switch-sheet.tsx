import { Button, Drawer, Radio, Select, Stack, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import type { SwitchKind, SwitchMode } from '../../api/runtime-shapes.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { ReasonField } from '../feedback/reason-field.tsx';
import { useSay } from '../shell/announcer.tsx';
import classes from './operations.module.css';
import { useSetSwitch } from './queries.ts';
import { effectOf, MODE_WORDS, MODES, nameOf } from './switch-words.ts';
import { windowOf, type End, type WindowFields } from './window-fields.ts';

const ENDS: readonly { readonly value: End; readonly label: string }[] = [
  { value: 'open', label: 'Until somebody starts it again' },
  { value: '15m', label: 'For 15 minutes' },
  { value: '1h', label: 'For an hour' },
  { value: '4h', label: 'For four hours' },
  { value: 'at', label: 'Until a time…' },
];

/** Pauses one thing, now or in a window to come; says what happens meanwhile. */
export function SwitchSheet({
  target,
  onClose,
}: {
  readonly target: { readonly kind: SwitchKind; readonly name: string };
  readonly onClose: () => void;
}) {
  const modes = MODES[target.kind];
  const [mode, setMode] = useState<SwitchMode>(modes[0] ?? 'hold');
  const [fields, setFields] = useState<WindowFields>({ start: 'now', from: '', end: 'open', until: '' });
  const [reason, setReason] = useState('');
  const set = useSetSwitch();
  const say = useSay();
  const window = windowOf(fields, Date.now());

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if ('problem' in window) return;
    set.mutate(
      { kind: target.kind, name: target.name, mode, reason: reason.trim(), ...window },
      {
        onSuccess: () => {
          say(fields.start === 'now' ? `${nameOf(target)} is paused.` : 'The window is planned.');
          onClose();
        },
      },
    );
  };

  return (
    <Drawer opened onClose={onClose} position="right" size={440} title={`Pause: ${nameOf(target)}`}>
      <form className={classes['sheet']} onSubmit={submit}>
        {modes.length > 1 ? (
          <Radio.Group label="Meanwhile" value={mode} onChange={(value) => setMode(value)}>
            <Stack gap={10} mt={6}>
              {modes.map((one) => (
                <Radio key={one} value={one} label={MODE_WORDS[one]} description={effectOf(target.kind, one)} />
              ))}
            </Stack>
          </Radio.Group>
        ) : (
          <div>
            <h2>What will happen</h2>
            <p className="dim">{effectOf(target.kind, mode)} Nothing is lost.</p>
          </div>
        )}
        <Radio.Group
          label="When"
          value={fields.start}
          onChange={(value) => setFields({ ...fields, start: value === 'later' ? 'later' : 'now' })}
        >
          <Stack gap={8} mt={6}>
            <Radio value="now" label="At once" />
            <Radio value="later" label="In a maintenance window to come" />
          </Stack>
        </Radio.Group>
        {fields.start === 'later' && (
          <TextInput
            type="datetime-local"
            label="From"
            size="sm"
            required
            value={fields.from}
            onChange={(event) => setFields({ ...fields, from: event.currentTarget.value })}
          />
        )}
        <Select
          label="How long"
          size="sm"
          data={ENDS}
          allowDeselect={false}
          value={fields.end}
          onChange={(value) => setFields({ ...fields, end: value as End })}
        />
        {fields.end === 'at' && (
          <TextInput
            type="datetime-local"
            label="Until"
            size="sm"
            required
            value={fields.until}
            onChange={(event) => setFields({ ...fields, until: event.currentTarget.value })}
          />
        )}
        {'problem' in window && window.problem !== '' && (
          <p className={classes['bad']} role="alert">
            {window.problem}
          </p>
        )}
        <ReasonField
          description={
            mode === 'refuse'
              ? 'Sent to the senders with each refusal, shown to everybody, and recorded in the audit. No patient data.'
              : 'Shown to everybody while it is paused, and recorded in the audit. No patient data.'
          }
          value={reason}
          onChange={setReason}
        />
        {set.isError && <ProblemNotice error={set.error} />}
        <div className={classes['sheet-actions']}>
          <Button variant="default" size="sm" onClick={onClose}>
            Leave it running
          </Button>
          <Button
            type="submit"
            size="sm"
            loading={set.isPending}
            disabled={'problem' in window || reason.trim().length < 3}
          >
            {fields.start === 'now' ? 'Pause' : 'Plan the window'}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
