/** A changed cell in one line: old and new value, the row, and what it means. */
import type { Json } from '../base/json.ts';
import type { CellChange } from '../table/table-diff.ts';
import type { Column, Row, TableContent } from '../table/table-shape.ts';
import { line, type ChangeLine, type Safety } from './change-line.ts';
import { outputKind } from './field-kinds.ts';
import {
  isActionColumn,
  isQuiet,
  isQuietAction,
  isTheValue,
  kindOfInput,
  labelOf,
  nounOf,
  safetyOf,
  subjectOf,
  tableWords,
  typeOf,
  unitOf,
  verbOf,
  whereOf,
} from './table-sense.ts';
import { literal, reachOf, readTest, testWords, type Reach, type UnaryTest } from './unary-test.ts';
import { durationWords, humanised, secondsOf, shown, urgencyChange } from './value-words.ts';

/** `row` is `null` for `otherwise`. Several rows with the very same change share a line. */
export interface ChangedCell {
  readonly file: string;
  readonly table: TableContent;
  readonly rows: readonly Row[];
  readonly change: CellChange;
}

export function cellLine({ file, table, rows, change }: ChangedCell): ChangeLine {
  const row = rows[0] ?? null;
  const place = { file, field: change.column, ...(rows.length === 1 && row ? { row: row.id } : {}) };
  const where =
    rows.length > 1 ? `${rows.length} rows: ${idsOf(rows)}` : row ? whereOf(table, row) : 'where no row matches';
  const subject = rows.length > 1 ? tableWords(table) : row ? subjectOf(table, row) : 'Otherwise';
  const column = (change.side === 'when' ? table.inputs : table.outputs).find(({ name }) => name === change.column);
  if (!column) return line('rule', place, `${subject}: ${change.column} changed`, { where });
  return change.side === 'when' && row
    ? whenLine({ place, where, subject, column, table, rows, row, change })
    : thenLine({ place, where, subject, column, table, rows, row, change });
}

interface Told {
  readonly place: ChangeLine['place'];
  readonly where: string;
  readonly subject: string;
  readonly column: Column;
  readonly table: TableContent;
  readonly rows: readonly Row[];
  readonly change: CellChange;
}

function whenLine({ row, ...told }: Told & { readonly row: Row }): ChangeLine {
  const { place, where, subject, column, table, rows, change } = told;
  const [old, now] = [cellText(change.before), cellText(change.after)];
  const [before, after] = [readTest(old, typeOf(column)), readTest(now, typeOf(column))];
  const reach = reachOf(before, after, typeOf(column));
  if (reach === 'same')
    return line('text', place, `${subject}: ${labelOf(column)} is written differently and means the same,`, {
      before: old,
      after: now,
      where,
    });
  const unit = unitOf(table, row, column);
  const safety = oneSafety(rows.map((one) => safetyOf(table, one, reach)));
  const more = { where, safety, ...(reach === null ? {} : { meaning: meaningOf(reach, table) }) };
  const lists = literalChange(before, after);
  if (lists) return line(kindOfInput(column), place, `${subject}: ${labelOf(column)} ${lists}`, more);
  const what = isTheValue(column) ? `${subject}: ${verbOf(table, row)}` : `${subject}: ${labelOf(column)}`;
  return line(kindOfInput(column), place, what, {
    before: shown(testWords(before, old, unit)),
    after: shown(testWords(after, now, unit)),
    ...more,
  });
}

/** A cell of a column that is new: before, the row took anything. */
const cellText = (cell: Json | undefined): string => (typeof cell === 'string' ? cell : '-');

const meaningOf = (reach: Exclude<Reach, 'same'>, table: TableContent): string =>
  `${reach === 'other' ? 'other' : reach} ${nounOf(table)} match`;

/** `no longer K; now also K2`: of long lists only what differs. `null` where old and new are best shown whole. */
function literalChange(before: UnaryTest | null, after: UnaryTest | null): string | null {
  if (before?.kind !== 'set' || after?.kind !== 'set' || before.negated || after.negated) return null;
  if (before.ranges.length + after.ranges.length > 0) return null;
  const of = (test: typeof before): readonly string[] => [
    ...test.values.map(literal),
    ...(test.hasNull ? ['no value'] : []),
  ];
  const [old, now] = [of(before), of(after)];
  const gone = old.filter((value) => !now.includes(value));
  const fresh = now.filter((value) => !old.includes(value));
  if (old.length === 1 && now.length === 1) return null;
  const said = [
    ...(gone.length > 0 ? [`no longer ${shown(gone.join(', '))}`] : []),
    ...(fresh.length > 0 ? [`now also ${shown(fresh.join(', '))}`] : []),
  ];
  return said.join('; ');
}

function thenLine({
  place,
  where,
  subject,
  column,
  table,
  row,
  change,
}: Told & { readonly row: Row | null }): ChangeLine {
  const { before = null, after } = change;
  const kind = outputKind(column.name);
  const how = outcome(before, after);
  const quiet = isQuiet(table, row ? row.then : table.otherwise);
  const action = isActionColumn(table, column.name);
  const safety: Safety = action
    ? isQuietAction(before) === isQuietAction(after)
      ? null
      : isQuietAction(after)
        ? 'loosens'
        : 'tightens'
    : kind === 'timer' && !quiet
      ? how.safety
      : null;
  return line(kind, place, `${subject}: ${humanised(column.name)}`, {
    before: durationWords(before),
    after: durationWords(after),
    where,
    safety,
    ...(how.meaning === '' ? {} : { meaning: how.meaning }),
  });
}

/** What a new time or lane means. */
export function outcome(before: Json, after: Json): { readonly meaning: string; readonly safety: Safety } {
  const urgency = urgencyChange(before, after);
  if (urgency !== null && urgency !== 0)
    return urgency < 0 ? { meaning: 'more urgent', safety: 'tightens' } : { meaning: 'less urgent', safety: 'loosens' };
  const [a, b] = [timeOf(before), timeOf(after)];
  if (a === undefined || b === undefined || a === b) return { meaning: '', safety: null };
  return b > a ? { meaning: 'later', safety: 'loosens' } : { meaning: 'sooner', safety: 'tightens' };
}

const timeOf = (value: Json): number | undefined => (typeof value === 'number' ? value : secondsOf(value));

const idsOf = (rows: readonly Row[]): string => {
  const ids = rows.slice(0, 6).map(({ id }) => id);
  return `${ids.join(', ')}${rows.length > ids.length ? ', …' : ''}`;
};

const oneSafety = (all: readonly Safety[]): Safety =>
  all.includes('loosens') ? 'loosens' : all.every((one) => one === 'tightens') ? 'tightens' : null;
