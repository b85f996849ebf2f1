import { registerEditorNode } from '../kit/editor/register.ts';
import { hl7Json } from './config.ts';

registerEditorNode(hl7Json, {
  group: 'message',
  icon: 'hl7-json.svg',
  inputs: 1,
  outputs: 1,
  label: ({ direction }) =>
    direction === 'to-json' ? 'HL7 to JSON' : direction === 'to-hl7' ? 'JSON to HL7' : 'hl7 json',
  ports: () => ['port.converted'],
});
