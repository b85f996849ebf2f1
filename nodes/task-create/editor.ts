import { registerEditorNode } from '../kit/editor/register.ts';
import { taskCreate } from './config.ts';

registerEditorNode(taskCreate, {
  group: 'people',
  icon: 'task-create.svg',
  inputs: 1,
  outputs: 2,
  label: ({ task, role, roleKind }) => (roleKind === 'str' && role !== '' ? `${task} for ${role}` : `task ${task}`),
  ports: () => ['port.made', 'port.changed'],
});
