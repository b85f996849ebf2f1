import { useState } from 'react';
import { useSession } from '../session/session.ts';
import { DeedSheet } from './deed-sheet.tsx';
import { NO_REASON, ReasonChoiceField, reasonOf } from './reason-choice.tsx';
import { TAKE_OVER_REASONS } from './reasons.ts';
import { TASK_LOOKS, whoWords } from './task-words.ts';
import { useSeen } from './use-seen.ts';
import { canBeHandedOver } from './ways.ts';
import type { SheetProps } from './wish.ts';

/** Somebody steps in whose turn it is not: given to themselves with a reason, and acknowledged. */
export function TakeOverSheet({ task: opened, onClose, onDone }: SheetProps) {
  const { view } = useSession();
  const seen = useSeen(opened);
  const { task, version } = seen;
  const [given, setGiven] = useState(NO_REASON);
  const reason = reasonOf(given);
  const possible = canBeHandedOver(task.state);
  const to = { ...task.assigned, person: view.username };
  return (
    <DeedSheet
      title="Take it over"
      seen={seen}
      deed={
        !possible || reason === null
          ? null
          : { kind: 'assign', request: { seen: version, to, reason }, after: ['claim'] }
      }
      said="It is yours."
      button="Take it over"
      impossible={
        possible ? null : `It is ${TASK_LOOKS[task.state].label.toLowerCase()}, and cannot be taken over now.`
      }
      onClose={onClose}
      onDone={onDone}
    >
      <p>It is for {whoWords(task.assigned)}, and the roster does not have you on for that now.</p>
      <ReasonChoiceField label="Why you?" choices={TAKE_OVER_REASONS} value={given} onChange={setGiven} />
    </DeedSheet>
  );
}
