/** `msg.escalation` as a flow sees it: an escalation and, on the second output, the step that is due. */
import { stepOf } from '../../engine/index.ts';
import type { Escalation, EscalationState } from '../../engine/index.ts';

export interface EscalationView {
  readonly id: string;
  readonly name: string;
  readonly state: EscalationState;
  readonly title: string;
  readonly ladder: string;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Who ended it, and through what: `console`, `cli`, `fhir-task`, `flow`. */
  readonly by: string | null;
  readonly via: string | null;
  readonly reason: string | null;
  /** Of the step that is due, counted from 1; `null` on the other outputs. */
  readonly step: number | null;
  readonly to: string | null;
  readonly channel: string | null;
  readonly text: string | null;
  readonly dueAt: string | null;
}

const NO_STEP = { step: null, to: null, channel: null, text: null, dueAt: null } as const;

export function viewOf(escalation: Escalation): EscalationView {
  const { endedBy } = escalation;
  return {
    id: escalation.id,
    name: escalation.name,
    state: escalation.state,
    title: escalation.title,
    ladder: escalation.ladder,
    startedAt: iso(escalation.startedAt),
    endedAt: escalation.endedAt === null ? null : iso(escalation.endedAt),
    by: endedBy?.actor ?? null,
    via: endedBy?.via ?? null,
    reason: endedBy?.reason ?? null,
    ...NO_STEP,
  };
}

/** `step` counts from 0; those beyond the ladder repeat its last one. */
export function stepView(escalation: Escalation, step: number): EscalationView {
  const at = stepOf(escalation, step);
  if (!at) return viewOf(escalation);
  const { to, channel, text, afterMs } = at;
  // A repeat's own time is not in the ladder; the one of the step it repeats would mislead.
  const dueAt = step < escalation.steps.length ? iso(escalation.startedAt + afterMs) : null;
  return { ...viewOf(escalation), step: step + 1, to, channel, text, dueAt };
}

const iso = (at: number): string => new Date(at).toISOString();
