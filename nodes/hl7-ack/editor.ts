import { registerEditorNode } from '../kit/editor/register.ts';
import { hl7Ack, hl7AckOutputs } from './config.ts';

registerEditorNode(hl7Ack, {
  group: 'outside',
  icon: 'hl7-ack.svg',
  inputs: 1,
  outputs: { most: 1, of: hl7AckOutputs },
  label: ({ code }) => `answer ${code}`,
  ports: () => ['port.answered'],
});
