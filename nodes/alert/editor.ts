import { registerEditorNode } from '../kit/editor/register.ts';
import { alert, alertOutputs } from './config.ts';

registerEditorNode(alert, {
  group: 'people',
  icon: 'alert.svg',
  inputs: 1,
  outputs: { most: 3, of: alertOutputs },
  label: ({ policy }) => (policy === '' ? 'alert' : `alert by ${policy}`),
  ports: () => ['port.told', 'port.held-back', 'port.resolved'],
});
