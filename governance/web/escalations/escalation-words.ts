import type { EscalationView, LadderStep } from '../../api/runtime-shapes.ts';

/** Somebody must still answer: also when the last step has been taken. */
export const isOpen = (escalation: EscalationView): boolean =>
  escalation.state === 'open' || escalation.state === 'exhausted';

/** Who is told next; the last step may repeat. */
export function nextStepOf({ steps, nextStep }: EscalationView): LadderStep | undefined {
  return steps[Math.min(nextStep, steps.length - 1)];
}

/** Whose result it is, as far as a list may say: tells two escalations of one title apart. */
export function aboutWhom({ message: { patientHint, controlId } }: EscalationView): string {
  return [patientHint, controlId].filter((one) => one !== null).join(' · ');
}

export function escalationEnd({ state, endedBy }: EscalationView): string {
  const who = endedBy?.actor.replace(/^user:/, '') ?? '';
  const through = endedBy?.via === 'fhir-task' ? 'in the EHR' : endedBy?.via === 'flow' ? 'by the flow' : '';
  if (state === 'acknowledged') return `Acknowledged ${through === '' ? `by ${who}` : through}`;
  return `Cancelled ${through === '' ? `by ${who}` : through}`;
}
