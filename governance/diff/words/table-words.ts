/** Changes of a rule table in words. */
import type { JsonDiff } from '../base/json-diff.ts';
import { canonical, field, type Json } from '../base/json.ts';
import type { CellChange, ColumnsDiff, TableDiff } from '../table/table-diff.ts';
import type { Column, Row, TableContent } from '../table/table-shape.ts';
import { cellLine } from './cell-words.ts';
import { line, type ChangeLine, type Safety } from './change-line.ts';
import { fieldLines } from './field-words.ts';
import {
  conditionOf,
  isQuiet,
  labelOf,
  nounOf,
  safetyOf,
  subjectOf,
  tableWords,
  takesFromOthers,
  verbOf,
  whereOf,
} from './table-sense.ts';
import { counted, ordinal, shown } from './value-words.ts';

/** So many rows with the same change are told in one line. */
const SHARED_LINE = 3;

export function tableLines(
  file: string,
  diff: TableDiff,
  before: TableContent,
  after: TableContent,
): readonly ChangeLine[] {
  const title = tableWords(after);
  return [
    ...changedRows(file, diff, after),
    ...rowsComeAndGone(file, diff, before, after),
    ...otherwiseLines(file, diff, after),
    ...columnLines(file, title, diff.inputs, 'Input'),
    ...columnLines(file, title, diff.outputs, 'Output'),
    ...restLines(file, title, diff.fields, after),
  ];
}

function changedRows(file: string, diff: TableDiff, after: TableContent): readonly ChangeLine[] {
  const rows = new Map(after.rows.map((row) => [row.id, row]));
  const fresh = new Set([...diff.inputs.added, ...diff.outputs.added].map(({ item }) => item.name));
  const cells = diff.rows.changed.flatMap(({ id, cells }) => {
    const row = rows.get(id);
    // A new column where the row takes anything, or gives nothing, changes nothing.
    const telling = cells.filter(({ column, after: cell }) => !fresh.has(column) || (cell !== '-' && cell !== null));
    return row ? telling.map((change) => ({ row, change })) : [];
  });
  const key = ({ side, column, before, after: now }: CellChange): string =>
    canonical([side, column, before === undefined ? [] : [before], now]);
  const groups = [...Map.groupBy(cells, ({ change }) => key(change)).values()];
  const lines = groups.flatMap((group) => {
    const all = group.map(({ row }) => row);
    return group.flatMap(({ row, change }, i) => {
      if (group.length < SHARED_LINE) return [cellLine({ file, table: after, rows: [row], change })];
      return i === 0 ? [cellLine({ file, table: after, rows: all, change })] : [];
    });
  });
  const fields = diff.rows.changed.flatMap(({ id, fields }) => {
    const row = rows.get(id);
    return row && fields
      ? fieldLines({ file, row: id }, `${subjectOf(after, row)}, row ${id}:`, fields, { effective: 'rule' })
      : [];
  });
  return [...lines, ...fields];
}

function rowsComeAndGone(
  file: string,
  diff: TableDiff,
  before: TableContent,
  after: TableContent,
): readonly ChangeLine[] {
  const first = field(after, 'hitPolicy') === 'FIRST';
  const added = diff.rows.added.map(({ at, item }) => {
    const last = !first || at === after.rows.length - 1;
    const quiet = isQuiet(after, item.then);
    // Under FIRST a new row may take from a more urgent one, unless it comes last.
    const safety: Safety = quiet ? (takesFromOthers(after, item) ? 'loosens' : null) : last ? 'tightens' : null;
    return line('rule', { file, row: item.id }, `New ${ruleWords(after, item)}`, {
      where: `${whereOf(after, item)}, asked as ${at + 1} of ${after.rows.length}`,
      safety,
    });
  });
  const removed = diff.rows.removed.map(({ item }) =>
    line('rule', { file, row: item.id }, `No longer a ${ruleWords(before, item)}`, {
      where: whereOf(before, item),
      meaning: `what it took falls to the other rows, or to "otherwise"`,
      safety: safetyOf(before, item, 'fewer'),
    }),
  );
  const place = new Map(before.rows.map(({ id }, at) => [id, at]));
  const moved = diff.rows.moved.map((id) => {
    const at = after.rows.findIndex((row) => row.id === id);
    const row = after.rows[at];
    const was = place.get(diff.rows.renamed.find((one) => one.after === id)?.before ?? id) ?? 0;
    return line(first ? 'rule' : 'text', { file, row: id }, `${row ? subjectOf(after, row) : id}: asked`, {
      before: ordinal(was),
      after: ordinal(at),
      where: row ? whereOf(after, row) : `row ${id}`,
      meaning: orderMeaning(after),
    });
  });
  const renamed = diff.rows.renamed.map((one) =>
    line('text', { file, row: one.after }, 'A row has another id and the same content:', one),
  );
  return [...added, ...removed, ...moved, ...renamed];
}

const ruleWords = (table: TableContent, row: Row): string =>
  `rule: ${subjectOf(table, row)}: ${verbOf(table, row)}: ${conditionOf(table, row)}`;

function otherwiseLines(file: string, diff: TableDiff, after: TableContent): readonly ChangeLine[] {
  if (Array.isArray(diff.otherwise))
    return (diff.otherwise as readonly CellChange[]).map((change) =>
      cellLine({ file, table: after, rows: [], change }),
    );
  const { before, after: now } = diff.otherwise as { readonly before: Json; readonly after: Json };
  return [
    line('rule', { file, field: 'otherwise' }, 'Where no row matches:', {
      before: before === null ? 'an explicit "no row matched"' : shown(before),
      after: now === null ? 'an explicit "no row matched"' : shown(now),
    }),
  ];
}

function columnLines(file: string, title: string, diff: ColumnsDiff, side: 'Input' | 'Output'): readonly ChangeLine[] {
  const read = (column: Column): string => {
    const expression = field(column, 'expression');
    return side === 'Input' && typeof expression === 'string' ? `, read from ${shown(expression)}` : '';
  };
  return [
    ...diff.added.map(({ item }) =>
      line('rule', { file, field: item.name }, `${title}: new ${side.toLowerCase()} ${labelOf(item)}${read(item)}`),
    ),
    ...diff.removed.map(({ item }) =>
      line('rule', { file, field: item.name }, `${title}: ${side.toLowerCase()} ${labelOf(item)} is gone`, {
        meaning: side === 'Input' ? 'no row asks for it any more' : 'no row gives it any more',
      }),
    ),
    ...diff.renamed.map((one) =>
      line('rule', { file, field: one.after }, `${title}: ${side.toLowerCase()} has another name:`, one),
    ),
    ...diff.moved.map((name) =>
      line('layout', { file, field: name }, `${title}: ${side.toLowerCase()} ${name} stands elsewhere`),
    ),
    ...diff.changed.flatMap(({ name, fields }) =>
      fieldLines({ file, field: name }, `${title}: ${side} ${name}:`, fields, {
        expression: 'rule',
        type: 'rule',
        values: 'rule',
        unit: 'threshold',
      }),
    ),
  ];
}

function restLines(file: string, title: string, fields: JsonDiff | null, after: TableContent): readonly ChangeLine[] {
  if (fields?.kind !== 'object') return [];
  const tests = fields.fields.find(({ key }) => key === 'tests');
  const rest = { ...fields, fields: fields.fields.filter(({ key }) => key !== 'tests') };
  return [
    ...fieldLines({ file }, `${title}:`, rest, { hitPolicy: 'rule', aggregation: 'rule', effective: 'rule' }, (leaf) =>
      leaf.path[0] === 'hitPolicy' ? hitPolicyMeaning(leaf.after, after) : undefined,
    ),
    ...(tests ? [line('text', { file, field: 'tests' }, `${title}: ${testCount(tests.change)}`)] : []),
  ];
}

const hitPolicyMeaning = (policy: Json | undefined, table: TableContent): string | undefined =>
  policy === 'UNIQUE'
    ? `${nounOf(table)} that match several rows are an error for a person to look at`
    : HIT_POLICIES[typeof policy === 'string' ? policy : ''];

const HIT_POLICIES: Readonly<Record<string, string>> = {
  FIRST: 'the first row that matches decides',
  PRIORITY: 'of the rows that match the one decides whose outputs stand first among their values',
  ANY: 'all rows that match must say the same',
  COLLECT: 'what all rows that match say is taken together',
};

function orderMeaning(table: TableContent): string {
  const policy = field(table, 'hitPolicy');
  if (policy === 'FIRST') return 'the first row that matches decides';
  if (policy === 'PRIORITY') return 'of two rows with the same priority the upper one decides';
  const aggregation = field(table, 'aggregation') ?? 'none';
  if (policy === 'COLLECT' && aggregation === 'none') return 'what is collected comes in the order of the rows';
  return 'the order of the rows decides nothing here';
}

type FieldChange = Extract<JsonDiff, { readonly kind: 'object' }>['fields'][number]['change'];

function testCount(change: FieldChange): string {
  if (change.kind !== 'list') return change.kind === 'removed' ? 'all its tests are gone' : 'its tests changed';
  const count = (kind: string): number => change.edits.filter((edit) => edit.kind === kind).length;
  const said = (['added', 'removed', 'changed'] as const).flatMap((kind) =>
    count(kind) > 0 ? [`${counted(count(kind), 'test')} ${kind}`] : [],
  );
  return said.join(', ');
}
