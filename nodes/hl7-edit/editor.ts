import { registerEditorNode } from '../kit/editor/register.ts';
import { hl7Edit } from './config.ts';

registerEditorNode(hl7Edit, {
  group: 'message',
  icon: 'hl7-edit.svg',
  inputs: 1,
  outputs: 1,
  label: ({ steps }) => (steps.length === 1 ? `edit ${steps[0]?.path ?? ''}` : `${steps.length} edits`),
  ports: () => ['port.edited'],
});
