import { registerEditorNode } from '../kit/editor/register.ts';
import { delayUntil } from './config.ts';

registerEditorNode(delayUntil, {
  group: 'people',
  icon: 'delay-until.svg',
  inputs: 1,
  outputs: 1,
  label: ({ mode, time, timeKind, wait }) => (timeKind === 'str' ? `wait ${mode} ${time}` : `wait ${wait}`),
  ports: () => ['port.later'],
});
