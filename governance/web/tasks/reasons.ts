/** Reasons as codes, so that reports can count them; the text says the rest. Pure. */
import type { ProblemKind, TaskStep } from '../../api/runtime-shapes.ts';

export interface ReasonChoice {
  readonly code: string;
  readonly label: string;
}
const choice = (code: string, label: string): ReasonChoice => ({ code, label });

const OTHER = choice('other', 'Something else');

/** Offered for a step that needs a reason. */
export const STEP_REASONS: Readonly<Partial<Record<TaskStep, readonly ReasonChoice[]>>> = {
  reject: [
    choice('not-mine', 'Not mine to do'),
    choice('no-capacity', 'I cannot take more now'),
    choice('not-needed', 'It is not needed'),
    choice('missing-information', 'Something is missing: ask for it'),
    choice('not-indicated', 'No: the criteria are not met'),
    choice('not-covered', 'No: the payer does not cover it'),
    OTHER,
  ],
  hold: [
    choice('waits-for-patient', 'Waits for the patient'),
    choice('waits-for-result', 'Waits for a result or an answer'),
    choice('waits-for-place', 'Waits for a bed or a place'),
    choice('waits-for-person', 'Waits for somebody else'),
    OTHER,
  ],
  fail: [
    choice('not-reached', 'Nobody could be reached'),
    choice('refused', 'The patient refused'),
    choice('not-possible', 'It is not possible here'),
    OTHER,
  ],
  cancel: [
    choice('not-needed', 'It is not needed any more'),
    choice('duplicate', 'There is another task for it'),
    choice('patient-left', 'The patient has left'),
    choice('false-positive', 'False alarm'),
    OTHER,
  ],
  correct: [
    choice('wrong-patient', 'It is about the wrong patient'),
    choice('duplicate', 'It was made twice'),
    choice('false-positive', 'False alarm'),
    OTHER,
  ],
};

export const HAND_OVER_REASONS: readonly ReasonChoice[] = [
  choice('shift-change', 'End of my shift'),
  choice('wrong-person', 'It came to the wrong person'),
  choice('patient-moved', 'The patient moved'),
  choice('no-capacity', 'Too much at once'),
  OTHER,
];

export const TAKE_OVER_REASONS: readonly ReasonChoice[] = [
  choice('nobody-answers', 'Nobody answers'),
  choice('nobody-on', 'Nobody is on for it'),
  choice('agreed', 'We agreed so'),
  OTHER,
];

export const SKIP_REASONS: readonly ReasonChoice[] = [
  choice('not-needed', 'Not needed for this patient'),
  choice('done-elsewhere', 'Done elsewhere'),
  choice('not-possible', 'Not possible now'),
  OTHER,
];

export const OVERRIDE_REASONS: readonly ReasonChoice[] = [
  choice('clinical-judgement', 'Clinical judgement about this patient'),
  choice('known-condition', 'Known, and already treated'),
  choice('wrong-value', 'The value is wrong'),
  choice('patient-wish', 'The patient’s wish'),
  choice('rule-unfit', 'The rule does not fit this case'),
  OTHER,
];

export const PROBLEM_KINDS: Readonly<Record<ProblemKind, string>> = {
  'false-positive': 'False alarm: it should not be here',
  'missing-task': 'Something is missing: there should be a task',
  'wrong-person': 'It came to the wrong person',
  'wrong-priority': 'It is more, or less, urgent than it says',
  'wrong-content': 'What it says is wrong',
  'too-late': 'It came too late',
  other: 'Something else',
};

/** The code as people chose it, wherever it was chosen. */
export function reasonWords(code: string): string {
  const all = [
    ...Object.values(STEP_REASONS).flat(),
    ...HAND_OVER_REASONS,
    ...TAKE_OVER_REASONS,
    ...SKIP_REASONS,
    ...OVERRIDE_REASONS,
  ];
  return all.find((one) => one.code === code)?.label ?? code;
}
