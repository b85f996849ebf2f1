/** What a status of a FHIR R4 Task says about the escalation that watches it (facts: Task status transitions). */

export type TaskAnswer = 'acknowledge' | 'cancel' | 'keep-escalating';

const ANSWERS: Readonly<Record<string, TaskAnswer>> = {
  draft: 'keep-escalating',
  requested: 'keep-escalating',
  received: 'keep-escalating',
  ready: 'keep-escalating',
  'on-hold': 'keep-escalating',
  accepted: 'acknowledge',
  'in-progress': 'acknowledge',
  completed: 'acknowledge',
  cancelled: 'cancel',
  'entered-in-error': 'cancel',
  // Somebody has looked and will not or could not do it: the next in the ladder must know.
  rejected: 'keep-escalating',
  failed: 'keep-escalating',
};

/** A status that R4 does not know keeps escalating: silence must never come from a misspelling. */
export function answerOf(status: unknown): TaskAnswer {
  return (typeof status === 'string' && Object.hasOwn(ANSWERS, status) && ANSWERS[status]) || 'keep-escalating';
}
