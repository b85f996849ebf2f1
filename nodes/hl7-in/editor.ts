import { registerEditorNode } from '../kit/editor/register.ts';
import { hl7In } from './config.ts';

registerEditorNode(hl7In, {
  group: 'source',
  icon: 'hl7-in.svg',
  inputs: 0,
  outputs: 1,
  label: ({ types, subscription }) => (types.length > 0 ? types.join(', ') : subscription),
  ports: () => ['port.message'],
});
