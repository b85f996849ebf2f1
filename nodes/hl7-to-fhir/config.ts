/** An HL7 v2 message as a FHIR R4 Bundle, by the mappings of the definition. */
import { oneOf } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface Hl7ToFhirProperties {
  readonly name: string;
  /** `replace`: msg.payload becomes the bundle; `keep`: it stays the HL7 message, the bundle is in msg.fhir alone. */
  readonly payload: 'replace' | 'keep';
  /** `map`: as each code map says; `report`: go on, whatever it says; `fail`: any unknown code fails the message. */
  readonly unknownCodes: 'map' | 'report' | 'fail';
  /** A type without a mapping: its minimal bundle, or a failure. */
  readonly unknownType: 'minimal' | 'fail';
  /** Give the lineage of every value along in msg.conversion. */
  readonly lineage: boolean;
}

export const hl7ToFhir: NodeDeclaration<Hl7ToFhirProperties> = {
  type: 'hl7 to fhir',
  properties: {
    name: { value: '' },
    payload: { value: 'replace', check: oneOf('replace', 'keep') },
    unknownCodes: { value: 'map', check: oneOf('map', 'report', 'fail') },
    unknownType: { value: 'minimal', check: oneOf('minimal', 'fail') },
    lineage: { value: false },
  },
};
