import { registerEditorNode } from '../kit/editor/register.ts';
import { queueIn } from './config.ts';

registerEditorNode(queueIn, {
  group: 'source',
  icon: 'queue-in.svg',
  inputs: 0,
  outputs: 1,
  label: ({ queue }) => queue,
  ports: () => ['port.message'],
});
