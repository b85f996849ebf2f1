import { registerEditorNode } from '../kit/editor/register.ts';
import { queueOut } from './config.ts';

registerEditorNode(queueOut, {
  group: 'ending',
  icon: 'queue-out.svg',
  inputs: 1,
  outputs: 0,
  label: ({ queue }) => queue,
});
