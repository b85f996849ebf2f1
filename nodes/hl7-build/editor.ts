import { registerEditorNode } from '../kit/editor/register.ts';
import { hl7Build } from './config.ts';

registerEditorNode(hl7Build, {
  group: 'message',
  icon: 'hl7-build.svg',
  inputs: 1,
  outputs: 1,
  label: ({ messageType, message }) => (messageType === '' ? message : `build ${messageType}`),
  ports: () => ['port.built'],
});
