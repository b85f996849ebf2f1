import { registerEditorNode } from '../kit/editor/register.ts';
import { taskWait } from './config.ts';

registerEditorNode(taskWait, {
  group: 'people',
  icon: 'task-wait.svg',
  inputs: 1,
  outputs: 2,
  label: ({ task, until }) => `wait until ${task} is ${until.join(' or ')}`,
  ports: () => ['port.reached', 'port.otherwise'],
});
