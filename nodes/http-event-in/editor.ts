import { registerEditorNode } from '../kit/editor/register.ts';
import { httpEventIn } from './config.ts';

registerEditorNode(httpEventIn, {
  group: 'source',
  icon: 'http-event-in.svg',
  inputs: 0,
  outputs: 1,
  label: ({ feed }) => feed && `events of ${feed}`,
  ports: () => ['port.event'],
});
