import { registerEditorNode } from '../kit/editor/register.ts';
import { messageFailed } from './config.ts';

registerEditorNode(messageFailed, {
  group: 'ending',
  icon: 'message-failed.svg',
  inputs: 1,
  outputs: 0,
  label: () => 'message failed',
});
