import { registerEditorNode } from '../kit/editor/register.ts';
import { deadLetterIn } from './config.ts';

registerEditorNode(deadLetterIn, {
  group: 'source',
  icon: 'dead-letter-in.svg',
  inputs: 0,
  outputs: 1,
  label: () => 'dead letters',
  ports: () => ['port.message'],
});
