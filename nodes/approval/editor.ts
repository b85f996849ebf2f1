import { registerEditorNode } from '../kit/editor/register.ts';
import { approval } from './config.ts';

registerEditorNode(approval, {
  group: 'people',
  icon: 'approval.svg',
  inputs: 1,
  outputs: 3,
  label: ({ task, role, roleKind }) => (roleKind === 'str' && role !== '' ? `${task}: ask ${role}` : `ask ${task}`),
  ports: () => ['port.approved', 'port.rejected', 'port.expired'],
});
