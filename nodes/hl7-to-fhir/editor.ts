import { registerEditorNode } from '../kit/editor/register.ts';
import { hl7ToFhir } from './config.ts';

registerEditorNode(hl7ToFhir, {
  group: 'message',
  icon: 'hl7-to-fhir.svg',
  inputs: 1,
  outputs: 1,
  label: () => 'HL7 to FHIR',
  ports: () => ['port.converted'],
});
