import { registerEditorNode } from '../kit/editor/register.ts';
import { idempotencyGate, GATE_OUTPUTS } from './config.ts';

registerEditorNode(idempotencyGate, {
  group: 'decision',
  icon: 'idempotency-gate.svg',
  inputs: 1,
  outputs: GATE_OUTPUTS,
  label: ({ gate }) => gate,
  ports: () => ['port.new', 'port.repeat', 'port.other'],
});
