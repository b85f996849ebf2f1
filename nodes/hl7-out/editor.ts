import { registerEditorNode } from '../kit/editor/register.ts';
import { hl7Out, hl7OutOutputs } from './config.ts';

registerEditorNode(hl7Out, {
  group: 'outside',
  icon: 'hl7-out.svg',
  inputs: 1,
  outputs: { most: 1, of: hl7OutOutputs },
  label: ({ effect }) => effect && `send ${effect}`,
  ports: () => ['port.sent'],
});
