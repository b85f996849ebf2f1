import type { LabResultData } from '../clinical-event.ts';
import type { EventEntry } from './entry.ts';
import { orderRef, shell, time } from './parts.ts';
import { listOf, maybeText, numberOrText, object, text, type Shape } from './shape.ts';

const { derivedFrom: _derived, ...stated } = shell;
const data: Shape<LabResultData> = object({
  ...stated,
  code: maybeText('code of what was observed: LOINC where there is one'),
  codeSystem: maybeText('its code system'),
  display: maybeText('its text'),
  value: numberOrText('a number where the sender wrote one, else the text'),
  valueText: text('the value as stated'),
  unit: maybeText('unit'),
  referenceRange: maybeText('reference range'),
  flags: listOf(text('flag'), 'abnormal flags (HL7 table 0078)'),
  status: maybeText('result status (HL7 table 0085)'),
  observedAt: time('when it was observed'),
  order: orderRef,
  subId: maybeText('sub-id (OBX-4)'),
});
const KEY = 'patient, filler (else placer) order number, service, code, sub-id, status, time';
const FROM = 'ORU^R01, R30, R31, R32; OUL^R21 to R24';

export const LAB_EVENTS = {
  'lab.result.preliminary': {
    version: 1,
    says: 'A result is there that may still change.',
    key: KEY,
    hl7: `${FROM} with OBX-11 (else OBR-25) P, R, S or A`,
    fhir: 'Observation is registered as preliminary',
    data,
  },
  'lab.result.final': {
    version: 1,
    says: 'A result is final.',
    key: KEY,
    hl7: `${FROM} with F, U or V`,
    fhir: 'Observation becomes final',
    data,
  },
  'lab.result.corrected': {
    version: 1,
    says: 'A result that was told is wrong: this one replaces it, or there is none.',
    key: KEY,
    hl7: `${FROM} with C, D, W, or X without a value`,
    fhir: 'Observation becomes corrected, amended, cancelled or entered-in-error',
    data,
  },
  'lab.result.unverified': {
    version: 1,
    says: 'A value or a flag is there, and its status is missing or is one that no result should have.',
    key: KEY,
    hl7: `${FROM} with any other status`,
    fhir: 'Observation of status unknown',
    data,
  },
  'lab.result.critical': {
    version: 1,
    says: 'A result is critical; told beside the event of the result itself.',
    key: KEY,
    hl7: `${FROM} with OBX-8 LL, HH or AA`,
    fhir: 'Observation.interpretation LL, HH or AA',
    data,
  },
} as const satisfies Readonly<Record<string, EventEntry>>;
