/** A change of a shipped definition, told in lines. */
import {
  describeChange,
  diffDefinitions,
  readContent,
  type ChangeLine,
  type DefinitionFiles,
  type PropertyLabels,
} from '../../../governance/diff/index.ts';
import { editedFlow, editedJson, editedTable, shipped, withShared, type Edited, type EditedTable } from './shipped.ts';

export const critical = withShared(shipped('critical-lab-result'));
export const discharge = withShared(shipped('discharge-follow-up'));

export function linesOf(
  before: DefinitionFiles,
  after: DefinitionFiles,
  labels?: PropertyLabels,
): readonly ChangeLine[] {
  const versions = { before: readContent(before), after: readContent(after) };
  return describeChange(diffDefinitions(versions.before, versions.after), {
    ...versions,
    ...(labels ? { labels } : {}),
  });
}

/** `threshold loosens Critical potassium: …`; `-` where nothing is said of safety. */
export const told = (lines: readonly ChangeLine[]): readonly string[] =>
  lines.map(({ kind, safety, text }) => `${kind} ${safety ?? '-'} ${text}`);

export const criticalTable = (change: (table: EditedTable) => void): readonly string[] =>
  told(linesOf(critical, editedTable(critical, 'rules/critical-results.json', change)));

export const queueTable = (change: (table: EditedTable) => void): readonly string[] =>
  told(linesOf(discharge, editedTable(discharge, 'rules/follow-up-queues.json', change)));

export const dischargeFlow = (change: (nodes: Edited[]) => void, labels?: PropertyLabels): readonly string[] =>
  told(linesOf(discharge, editedFlow(discharge, change), labels));

export const criticalFlow = (change: (nodes: Edited[]) => void): readonly string[] =>
  told(linesOf(critical, editedFlow(critical, change)));

export const criticalFile = (path: string, change: (json: Edited) => void): readonly string[] =>
  told(linesOf(critical, editedJson(critical, path, change)));
