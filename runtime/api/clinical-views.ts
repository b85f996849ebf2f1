/**
 * Effects and escalations as they leave the runtime: without what they keep of the patient. An escalation carries the
 * event for its later steps, an effect its result (a FHIR resource as written); both are clinical content, which only the
 * routes of the body give, audited.
 */
import type { EffectRecord, Escalation, MessageSummary } from '../../engine/index.ts';
import type { EffectView, EscalationView } from './contract.ts';

export function effectView(effect: EffectRecord): EffectView {
  const { result: _, ...shown } = effect;
  return shown;
}

/** `message`: the one that started it, or nothing where it is not kept any more. */
export function escalationView(
  escalation: Escalation,
  message: Pick<MessageSummary, 'controlId' | 'type' | 'patientHint'> | undefined,
): EscalationView {
  const { carry: _, plan: _plan, ...shown } = escalation;
  const { controlId = null, type = null, patientHint = null } = message ?? {};
  return { ...shown, message: { controlId, type, patientHint } };
}
