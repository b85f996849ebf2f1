import type { Escalation, LadderStep } from '../../api/runtime-shapes.ts';

/** Somebody must still answer: also when the last step has been taken. */
export const isOpen = (escalation: Escalation): boolean =>
  escalation.state === 'open' || escalation.state === 'exhausted';

/** Who is told next; the last step may repeat. */
export function nextStepOf({ steps, nextStep }: Escalation): LadderStep | undefined {
  return steps[Math.min(nextStep, steps.length - 1)];
}

export function escalationEnd({ state, endedBy }: Escalation): string {
  const who = endedBy?.actor.replace(/^user:/, '') ?? '';
  const through = endedBy?.via === 'fhir-task' ? 'in the EHR' : endedBy?.via === 'flow' ? 'by the flow' : '';
  if (state === 'acknowledged') return `Acknowledged ${through === '' ? `by ${who}` : through}`;
  return `Cancelled ${through === '' ? `by ${who}` : through}`;
}
