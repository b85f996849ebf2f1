import { registerEditorNode } from '../kit/editor/register.ts';
import { hl7Split } from './config.ts';

registerEditorNode(hl7Split, {
  group: 'message',
  icon: 'hl7-split.svg',
  inputs: 1,
  outputs: 2,
  label: () => 'hl7 split',
  ports: () => ['port.message', 'port.unreadable'],
});
