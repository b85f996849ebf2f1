import { registerEditorNode } from '../kit/editor/register.ts';
import { ruleTable, ruleTableOutputs } from './config.ts';

registerEditorNode(ruleTable, {
  group: 'decision',
  icon: 'rule-table.svg',
  inputs: 1,
  outputs: { most: 2, of: ruleTableOutputs },
  label: ({ table }) => table,
  ports: () => ['port.decided', 'port.no-match'],
});
