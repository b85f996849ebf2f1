import { registerEditorNode } from '../kit/editor/register.ts';
import { consoleNotice, consoleNoticeOutputs } from './config.ts';

registerEditorNode(consoleNotice, {
  group: 'people',
  icon: 'console-notice.svg',
  inputs: 1,
  outputs: { most: 1, of: consoleNoticeOutputs },
  label: ({ to, toKind }) => (toKind === 'str' && to !== '' ? `tell ${to}` : 'console notice'),
  ports: () => ['port.told'],
});
