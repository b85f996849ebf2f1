import { registerEditorNode } from '../kit/editor/register.ts';
import { auditLog, auditLogOutputs } from './config.ts';

registerEditorNode(auditLog, {
  group: 'ending',
  icon: 'audit-log.svg',
  inputs: 1,
  outputs: { most: 1, of: auditLogOutputs },
  label: ({ text, textKind }) => (textKind === 'str' ? text : 'audit log'),
  ports: () => ['port.noted'],
});
