/** The sheets of a task, one for each deed. */
import { Textarea } from '@mantine/core';
import { useState } from 'react';
import type { TaskPart, TaskStep } from '../../api/runtime-shapes.ts';
import { DecideHeldSheet } from '../fallback/decide-held-sheet.tsx';
import { ReasonField } from '../feedback/reason-field.tsx';
import { Checklist } from './checklist.tsx';
import { DeedSheet } from './deed-sheet.tsx';
import { HandOverSheet } from './hand-over-sheet.tsx';
import { TakeOverSheet } from './take-over-sheet.tsx';
import { MoreSheet } from './more-sheet.tsx';
import { OverrideSheet } from './override-sheet.tsx';
import { ReportSheet } from './report-sheet.tsx';
import { NO_REASON, ReasonChoiceField, reasonOf } from './reason-choice.tsx';
import { SKIP_REASONS, STEP_REASONS } from './reasons.ts';
import { STEP_TOLD, STEP_WORDS, TASK_LOOKS } from './task-words.ts';
import classes from './tasks.module.css';
import { useSeen } from './use-seen.ts';
import type { SheetProps, Wish } from './wish.ts';
import { wayToDone } from './ways.ts';

/** As the engine names it. */
const REVIEW_TASK = 'wardflow.review';

/** The sheet for a wish. */
export function TaskSheet({
  wish,
  onWish,
  ...props
}: SheetProps & { readonly wish: Wish; readonly onWish: (wish: Wish) => void }) {
  switch (wish.kind) {
    case 'done':
      // A task that asks about a held message ends with the decision.
      return props.task.name === REVIEW_TASK ? (
        <DecideHeldSheet work={[props.task.workId]} items={[]} onClose={props.onClose} />
      ) : (
        <DoneSheet {...props} onWish={onWish} />
      );
    case 'comment':
      return <CommentSheet {...props} />;
    case 'hand-over':
      return <HandOverSheet {...props} />;
    case 'take-over':
      return <TakeOverSheet {...props} />;
    case 'override':
      return <OverrideSheet {...props} />;
    case 'report':
      return <ReportSheet about={{ task: props.task }} onClose={props.onClose} />;
    case 'more':
      return <MoreSheet {...props} onWish={onWish} />;
    case 'step':
      return <StepSheet {...props} step={wish.step} />;
    case 'skip':
      return <SkipSheet {...props} part={wish.part} />;
    case 'ehr':
      return <EhrSheet {...props} side={wish.side} />;
    default:
      return wish satisfies never;
  }
}

function DoneSheet({ task: opened, onClose, onDone, onWish }: SheetProps & { readonly onWish: (wish: Wish) => void }) {
  const seen = useSeen(opened);
  const { task, version } = seen;
  const moves = wayToDone(task.state);
  const open = task.parts.filter(({ state }) => state === 'open').length;
  return (
    <DeedSheet
      title="Done"
      seen={seen}
      deed={moves === null || open > 0 ? null : { kind: 'moves', seen: version, moves }}
      said="Done."
      button="Done"
      impossible={
        moves === null
          ? `It is ${TASK_LOOKS[task.state].label.toLowerCase()}, and cannot be completed from there.`
          : null
      }
      onClose={onClose}
      onDone={onDone}
    >
      {moves?.[0] === 'claim' && <p>You take it over and mark it as done in one step.</p>}
      {open > 0 && (
        <>
          <p>{open === 1 ? 'One line of the checklist is open.' : `${open} lines of the checklist are open.`}</p>
          <Checklist task={task} version={version} onSkip={(part) => onWish({ kind: 'skip', part })} />
        </>
      )}
      <p className="dim">Nobody is told about it any more.</p>
    </DeedSheet>
  );
}

const LONGEST_COMMENT = 4000;

function CommentSheet({ task: opened, onClose, onDone }: SheetProps) {
  const seen = useSeen(opened);
  const [text, setText] = useState('');
  return (
    <DeedSheet
      title="Comment"
      // Words contradict nobody.
      seen={{ ...seen, changed: false }}
      deed={text.trim() === '' ? null : { kind: 'comment', text: text.trim() }}
      said="Written down."
      button="Write it down"
      onClose={onClose}
      onDone={onDone}
    >
      <Textarea
        label="What the next person should know"
        description="Stays with the task, under your name. Ctrl and Enter sends it."
        size="sm"
        autosize
        minRows={4}
        maxRows={12}
        maxLength={LONGEST_COMMENT}
        required
        data-autofocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </DeedSheet>
  );
}

const STEP_FOLLOWS: Readonly<Partial<Record<TaskStep, string>>> = {
  reject: 'It stays open until it has been handed to somebody else; the flow is told.',
  hold: 'It stays yours, and its due time stays.',
  fail: 'It can be tried again later; the flow is told.',
  cancel: 'Nobody has to do it any more. What was done already and has to be undone is handed to the flow.',
  correct: 'It counts as never having been. This cannot be taken back.',
  'hand-back': 'It is ready for whoever is on.',
};

function StepSheet({ task: opened, step, onClose, onDone }: SheetProps & { readonly step: TaskStep }) {
  const seen = useSeen(opened);
  const [given, setGiven] = useState(NO_REASON);
  const choices = STEP_REASONS[step];
  const reason = reasonOf(given);
  const possible = seen.detail === undefined || seen.detail.steps.some((one) => one.step === step);
  const moves = [step];
  const deed = choices
    ? reason && { kind: 'moves' as const, seen: seen.version, moves, reason }
    : { kind: 'moves' as const, seen: seen.version, moves };
  return (
    <DeedSheet
      title={STEP_WORDS[step]}
      seen={seen}
      deed={deed}
      said={`You ${STEP_TOLD[step]}.`}
      button={STEP_WORDS[step]}
      danger={step === 'cancel' || step === 'correct'}
      impossible={possible ? null : `It is ${TASK_LOOKS[seen.task.state].label.toLowerCase()} now.`}
      onClose={onClose}
      onDone={onDone}
    >
      {STEP_FOLLOWS[step] !== undefined && <p>{STEP_FOLLOWS[step]}</p>}
      {choices && <ReasonChoiceField label="Why?" choices={choices} value={given} onChange={setGiven} />}
    </DeedSheet>
  );
}

function SkipSheet({ task: opened, part, onClose, onDone }: SheetProps & { readonly part: TaskPart }) {
  const seen = useSeen(opened);
  const [given, setGiven] = useState(NO_REASON);
  const reason = reasonOf(given);
  return (
    <DeedSheet
      title="Skip a line"
      seen={seen}
      deed={reason && { kind: 'part', request: { seen: seen.version, part: part.id, to: 'skipped', reason } }}
      said="Skipped."
      button="Skip it"
      onClose={onClose}
      onDone={onDone}
    >
      <p className={classes['quoted']}>{part.text}</p>
      <ReasonChoiceField label="Why is it not done?" choices={SKIP_REASONS} value={given} onChange={setGiven} />
    </DeedSheet>
  );
}

function EhrSheet({ task: opened, side, onClose, onDone }: SheetProps & { readonly side: 'ours' | 'theirs' }) {
  const seen = useSeen(opened);
  const [reason, setReason] = useState('');
  const ours = side === 'ours';
  const held = seen.task.ehr?.trouble === 'ehr-held';
  return (
    <DeedSheet
      title={held ? 'Have it written to the EHR' : ours ? 'What stands here is right' : 'What the EHR says is right'}
      seen={seen}
      deed={reason.trim().length < 3 ? null : { kind: 'ehr', seen: seen.version, side, reason: reason.trim() }}
      said={ours ? 'The EHR is told.' : 'Taken over from the EHR.'}
      button={ours ? 'Tell the EHR' : 'Take it over'}
      onClose={onClose}
      onDone={onDone}
    >
      <p>
        Here it is <strong>{TASK_LOOKS[seen.task.state].label.toLowerCase()}</strong>;{' '}
        {held ? (
          'the EHR has no such task, unless somebody made one by hand meanwhile. It is written as it stands here, and kept in step from then on.'
        ) : (
          <>
            the EHR says <strong>{seen.task.ehr?.status ?? 'nothing'}</strong>.{' '}
            {ours
              ? 'Our state is written over the copy in the EHR.'
              : 'The task is brought to the nearest state of ours.'}
          </>
        )}
      </p>
      <ReasonField
        label={held ? 'Why is it still to be there?' : 'How do you know?'}
        description="Recorded in the audit under your name. No patient data, please."
        value={reason}
        onChange={setReason}
      />
    </DeedSheet>
  );
}
