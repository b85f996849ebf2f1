import { registerEditorNode } from '../kit/editor/register.ts';
import { messageDone } from './config.ts';

registerEditorNode(messageDone, {
  group: 'ending',
  icon: 'message-done.svg',
  inputs: 1,
  outputs: 0,
  label: () => 'message done',
});
