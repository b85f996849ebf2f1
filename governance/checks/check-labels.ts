/**
 * A label that contradicts its value: ">= 6.0" in the name of a node whose rule says 5.5, "10 minutes" in the text of a
 * step after PT15M, "hyperkalaemia above 6.5" in the note of a row that begins at 6.2. Only what a label states as a
 * comparison with a number, or as a duration, is held against the value; everything else in it is free.
 */
import { durationMs, type FlowNode } from '../../engine/index.ts';
import { comparisonsIn, durationsIn, spanOf, type Comparison } from './said.ts';
import { finding, nameOf, type Finding } from './finding.ts';
import { isRecord, parsed, textOf, valueText, type Subject } from './subject.ts';
import { textsIn } from './texts.ts';

export function checkLabels(subject: Subject): Finding[] {
  const tables = new Map<string, unknown>();
  const found: Finding[] = [];
  for (const [file, text] of Object.entries(subject.files)) {
    const where = { definition: subject.name, file };
    const [, kind, name = ''] = /^(rules|ladders|checklists)\/(.+)\.json$/.exec(file) ?? [];
    const json = kind === undefined ? undefined : parsed(text);
    if (kind === 'rules') {
      tables.set(name, json);
      found.push(...inTable(json, where));
    }
    if (kind === 'ladders') found.push(...inTimed(json, 'steps', 'after', where));
    if (kind === 'checklists') found.push(...inTimed(json, 'items', 'due', where));
  }
  for (const node of subject.nodes) {
    const where = { definition: subject.name, file: 'flow.json', node };
    const wrong = inNode(node, tables);
    if (wrong) found.push(finding('label-contradicts', where, { ...wrong }));
  }
  return found;
}

interface Wrong {
  readonly said: string;
  readonly field: string;
  readonly actual: string;
}

function inNode(node: FlowNode, tables: ReadonlyMap<string, unknown>): Wrong | null {
  if (node.type === 'comment' || node.type === 'tab') return null;
  const label = nameOf(node);
  return (
    contradicted(
      comparisonsIn(label),
      comparisonsOf(node, tables),
      node.type === 'rule table' ? 'rule table' : 'settings',
    ) ?? wrongDuration(label, durationsOf(node))
  );
}

/** The comparisons that a node makes. */
function comparisonsOf(node: FlowNode, tables: ReadonlyMap<string, unknown>): readonly Comparison[] {
  if (node.type === 'rule table') return cellsOf(tables.get(textOf(node['table'])));
  if (node.type === 'switch') return switchComparisons(node);
  const { id, type, z, name, x, y, wires, ...settings } = node;
  void [id, type, z, name, x, y, wires];
  return [...textsIn(settings)].flatMap(({ text }) => comparisonsIn(text));
}

const SIGNS: Readonly<Record<string, string>> = { lt: '<', lte: '<=', gt: '>', gte: '>=', eq: '=', neq: '!=' };

function switchComparisons(node: FlowNode): readonly Comparison[] {
  const rules: readonly unknown[] = Array.isArray(node['rules']) ? node['rules'] : [];
  return rules.filter(isRecord).flatMap((rule) => {
    const sign = SIGNS[textOf(rule['t'])];
    const text = valueText(rule['v']);
    if (rule['t'] === 'jsonata_exp') return comparisonsIn(text);
    if (rule['t'] === 'btwn')
      return ['v', 'v2'].flatMap((key) => comparisonsIn(`${key === 'v' ? '>=' : '<='} ${valueText(rule[key])}`));
    return sign === undefined ? [] : comparisonsIn(`${sign} ${text}`);
  });
}

/** Every number that a cell of the table compares with. */
function cellsOf(table: unknown): readonly Comparison[] {
  const rows: unknown = isRecord(table) ? table['rows'] : undefined;
  return Array.isArray(rows) ? rows.filter(isRecord).flatMap((row) => rowComparisons(row)) : [];
}

const rowComparisons = (row: Readonly<Record<string, unknown>>): readonly Comparison[] =>
  Array.isArray(row['when']) ? row['when'].flatMap((cell) => comparisonsIn(valueText(cell), true)) : [];

function inTable(table: unknown, where: { readonly definition: string; readonly file: string }): Finding[] {
  const rows: unknown = isRecord(table) ? table['rows'] : undefined;
  if (!Array.isArray(rows)) return [];
  return rows.filter(isRecord).flatMap((row) => {
    const cells = rowComparisons(row);
    const then: readonly unknown[] = Array.isArray(row['then']) ? row['then'] : [];
    const labels = [row['note'], ...then].filter(
      (one): one is string => typeof one === 'string' && !one.startsWith('='),
    );
    return labels.flatMap((label) => {
      const wrong = contradicted(comparisonsIn(label), cells, `row ${textOf(row['id'])}`);
      return wrong ? [finding('label-contradicts', where, { ...wrong })] : [];
    });
  });
}

/** The steps of a ladder, the parts of a checklist: a `text` beside a duration. */
function inTimed(
  file: unknown,
  list: string,
  time: string,
  where: { readonly definition: string; readonly file: string },
): Finding[] {
  const rows: unknown = isRecord(file) ? file[list] : undefined;
  if (!Array.isArray(rows)) return [];
  return rows.filter(isRecord).flatMap((row, i) => {
    const wrong = wrongDuration(textOf(row['text']), [{ field: `${list}[${i}].${time}`, text: textOf(row[time]) }]);
    return wrong ? [finding('label-contradicts', where, { ...wrong })] : [];
  });
}

/** What is said must be among what is there; where nothing of the kind is there, nothing is contradicted. */
function contradicted(said: readonly Comparison[], actual: readonly Comparison[], field: string): Wrong | null {
  if (actual.length === 0) return null;
  const wrong = said.find(
    (one) => !actual.some((other) => other.value === one.value && (one.way === '=' || agrees(one.way, other.way))),
  );
  if (!wrong) return null;
  const near = actual.filter(({ way }) => agrees(wrong.way, way));
  return {
    said: wrong.text,
    field,
    actual: [...new Set((near.length > 0 ? near : actual).map(({ text }) => text))].slice(0, 4).join(', '),
  };
}

/** ">=" and ">" differ at the number itself, which is just where a threshold matters; "=" stands for a plain number. */
const agrees = (said: Comparison['way'], actual: Comparison['way']): boolean =>
  said === actual ||
  (said === 'above-ish' && actual.startsWith('>')) ||
  (said === 'below-ish' && actual.startsWith('<'));

interface Timed {
  readonly field: string;
  /** ISO 8601, or as people say it. */
  readonly text: string;
}

function durationsOf(node: FlowNode): readonly Timed[] {
  if (node.type === 'delay until' && (node['mode'] ?? 'for') === 'for' && (node['timeKind'] ?? 'str') === 'str')
    return [{ field: 'time', text: textOf(node['time']) }];
  if (node.type === 'delay' && (node['pauseType'] ?? 'delay') === 'delay')
    return [
      { field: 'timeout', text: `${valueText(node['timeout'])} ${valueText(node['timeoutUnits']) || 'seconds'}` },
    ];
  return [];
}

function wrongDuration(label: string, actual: readonly Timed[]): Wrong | null {
  for (const { field, text } of actual) {
    const ms = durationMs(text) ?? durationsIn(text)[0]?.ms;
    if (ms === undefined) continue;
    const said = durationsIn(label);
    if (said.length > 0 && !said.some((one) => one.ms === ms))
      return { said: said[0]?.text ?? '', field, actual: spanOf(ms) };
  }
  return null;
}
