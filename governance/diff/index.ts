/** The only door to the diff of definitions. Pure: browser, server and CLI use it alike. */
export { applyDiff } from './apply-diff.ts';
export { diffDefinitions, isEmpty } from './diff-definitions.ts';
export type { DefinitionDiff, FileDiff } from './diff-definitions.ts';
export { filesOf, jsonOf, readContent } from './definition-content.ts';
export type { DefinitionContent, DefinitionFiles, FileContent } from './definition-content.ts';
export { diffFlows, nodeStates } from './flow/flow-diff.ts';
export type { FlowDiff, NodeDiff, NodeState, PropertyChange } from './flow/flow-diff.ts';
export type { FlowNode, Wire } from './flow/flow-node.ts';
export type { CellChange, ColumnsDiff, RowDiff, RowsDiff, TableDiff } from './table/table-diff.ts';
export type { Column, Row, TableContent } from './table/table-shape.ts';
export { diffJson, leavesOf } from './base/json-diff.ts';
export type { JsonDiff, Leaf, ListEdit } from './base/json-diff.ts';
export { changedLineCount, diffLines, shownLines } from './base/line-diff.ts';
export type { LineEdit, ShownLine } from './base/line-diff.ts';
export type { Json, JsonObject } from './base/json.ts';
export type { KeyedDiff, Placed } from './base/keyed-list.ts';
