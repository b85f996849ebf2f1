import type { Hl7Message } from '../../hl7/message.ts';
import type { Coding, EventContext, PatientDischargedEvent } from '../clinical-event.ts';
import { envelope, keyTime, patientKey, type BusinessKey } from '../envelope.ts';
import { codings, patientRef, sourceOf, sourceTrigger, statedIn, text, time, visitRef } from './read-parts.ts';

const MOST_DIAGNOSES = 100;

/** ADT^A03: the visit is over. PV1-45 says when; EVN-6 and EVN-2 when it happened or was recorded, where PV1 does not. */
export function discharge(message: Hl7Message, context: EventContext, late = false): PatientDischargedEvent {
  const pv1 = message.segment('PV1');
  const evn = message.segment('EVN');
  const patient = patientRef(message.segment('PID'));
  const visit = visitRef(pv1);
  const source = sourceOf(message);
  const dischargedAt = time(pv1, '45', context.zone) ?? time(evn, '6', context.zone);
  const happened = dischargedAt ?? time(evn, '2', context.zone);
  const subject = patientKey(patient, context);
  const named = visit.number !== null && happened !== null;
  const disposition = text(pv1, '36');
  const admittedAt = time(pv1, '44', context.zone);
  const found = diagnoses(message);
  const fallback = named ? [] : [source, message.controlId];
  return envelope(
    {
      name: 'patient.discharged',
      source,
      key: [subject, visit.number, keyTime(happened), ...fallback],
      fact: {
        key:
          visit.number === null
            ? ['patient.discharged', subject, happened, ...fallback]
            : dischargeKey(subject, visit.number),
        content: [happened, disposition, admittedAt, visit.unit, ...found.map(({ code, display }) => code ?? display)],
        stage: null,
        correction: false,
      },
      time: happened,
      patient: subject,
      late,
      data: {
        sourceTrigger: sourceTrigger(message),
        patient,
        visit,
        dischargedAt,
        admittedAt,
        disposition,
        diagnoses: found,
      },
    },
    { ...context, statedAt: statedIn(message, context.zone) },
  );
}

/** A visit ends once; a later time, or a cancelled discharge (A13), is about the same fact. */
export function dischargeKey(patient: string, visit: string): BusinessKey {
  return ['patient.discharged', patient, visit];
}

export function diagnoses(message: Hl7Message): Coding[] {
  const found: Coding[] = [];
  for (const dg1 of message.segments('DG1')) {
    const [first] = codings(dg1, 3);
    const described = text(dg1, '4');
    if (first) found.push({ ...first, display: first.display ?? described });
    else if (described !== null) found.push({ system: null, code: null, display: described });
    if (found.length === MOST_DIAGNOSES) break;
  }
  return found;
}
