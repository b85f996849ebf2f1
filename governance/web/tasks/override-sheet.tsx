import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { DeedSheet } from './deed-sheet.tsx';
import { NO_REASON, ReasonChoiceField, reasonOf } from './reason-choice.tsx';
import { OVERRIDE_REASONS } from './reasons.ts';
import type { SheetProps } from './wish.ts';
import { isEnded, TASK_LOOKS } from './task-words.ts';
import { useSeen } from './use-seen.ts';

const LONGEST = 500;

/** A person decides otherwise than the rule did: what it said, what is done instead, and why. */
export function OverrideSheet({ task: opened, onClose, onDone }: SheetProps) {
  const seen = useSeen(opened);
  const { task, detail, version } = seen;
  const [typed, setTyped] = useState<string | null>(null);
  const [instead, setInstead] = useState('');
  const [given, setGiven] = useState(NO_REASON);
  const ruled = detail?.decisions.map(({ sentence }) => sentence).join(' ') ?? '';
  const what = typed ?? (ruled === '' ? task.title : ruled).slice(0, LONGEST);
  const reason = reasonOf(given);
  const ready = what.trim().length >= 3 && instead.trim().length >= 3 && reason !== null;
  return (
    <DeedSheet
      title="Override"
      seen={seen}
      deed={
        ready
          ? { kind: 'override', request: { seen: version, what: what.trim(), instead: instead.trim(), reason } }
          : null
      }
      said="Your decision is recorded."
      button="Record my decision"
      impossible={isEnded(task.state) ? `It is ${TASK_LOOKS[task.state].label.toLowerCase()} already.` : null}
      onClose={onClose}
      onDone={onDone}
    >
      <p>You decide otherwise than the rule. The task stays as it is; complete or cancel it as you decided.</p>
      <Textarea
        label="What the rule said"
        size="sm"
        autosize
        minRows={2}
        maxRows={5}
        maxLength={LONGEST}
        required
        value={what}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Textarea
        label="What is done instead"
        description="No patient data, please."
        size="sm"
        autosize
        minRows={2}
        maxRows={5}
        maxLength={LONGEST}
        required
        data-autofocus
        value={instead}
        onChange={(event) => setInstead(event.currentTarget.value)}
      />
      <ReasonChoiceField label="Why?" choices={OVERRIDE_REASONS} value={given} onChange={setGiven} focus={false} />
    </DeedSheet>
  );
}
