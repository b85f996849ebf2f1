import { registerEditorNode } from '../kit/editor/register.ts';
import { escalationTimer, escalationOutputs } from './config.ts';

registerEditorNode(escalationTimer, {
  group: 'people',
  icon: 'escalation-timer.svg',
  inputs: 1,
  outputs: { most: 3, of: escalationOutputs },
  label: ({ mode, escalation }) => (mode === 'start' ? `escalate ${escalation}` : `${mode} ${escalation}`),
  ports: ({ mode }) => (mode === 'start' ? ['port.started', 'port.due', 'port.ended'] : ['port.after']),
});
