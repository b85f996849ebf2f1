import { registerEditorNode } from '../kit/editor/register.ts';
import { quarantineIn } from './config.ts';

registerEditorNode(quarantineIn, {
  group: 'source',
  icon: 'quarantine-in.svg',
  inputs: 0,
  outputs: 1,
  label: () => 'quarantine',
  ports: () => ['port.message'],
});
