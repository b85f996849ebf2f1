import { registerEditorNode } from '../kit/editor/register.ts';
import { taskUpdate } from './config.ts';

registerEditorNode(taskUpdate, {
  group: 'people',
  icon: 'task-update.svg',
  inputs: 1,
  outputs: 1,
  label: ({ mode, task, part }) => (mode === 'part' ? `set ${part} of ${task}` : `${mode} ${task}`),
  ports: () => ['port.after'],
});
