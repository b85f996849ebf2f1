import { registerEditorNode } from '../kit/editor/register.ts';
import { event, eventOutputs, MOST_ROUTES } from './config.ts';

registerEditorNode(event, {
  group: 'decision',
  icon: 'event.svg',
  inputs: 1,
  outputs: { most: MOST_ROUTES + 1, of: eventOutputs },
  label: ({ routes }) => (routes.length === 1 ? (routes[0] ?? '') : ''),
  ports: ({ routes }) => (routes.length === 0 ? ['port.all', 'port.otherwise'] : [...routes, 'port.otherwise']),
});
