/** Changes of the other files in words: intent, ladders, maps, scenarios, README, samples, and files that came or went. */
import type { JsonDiff, Leaf } from '../base/json-diff.ts';
import { changedLineCount, type LineEdit } from '../base/line-diff.ts';
import { field, isObject, type Json } from '../base/json.ts';
import { jsonOf, type FileContent } from '../definition-content.ts';
import { checklistLines } from './checklist-words.ts';
import { line, type ChangeKind, type ChangeLine } from './change-line.ts';
import { dueLines } from './due-words.ts';
import { fieldLines } from './field-words.ts';
import { alertLines } from './alert-words.ts';
import { ladderLines } from './ladder-words.ts';
import { codeMapLines, mappingLines } from './mapping-words.ts';
import { counted, shown } from './value-words.ts';

interface FileSort {
  readonly noun: string;
  /** What a whole file of this sort is about. */
  readonly kind: ChangeKind;
  readonly fields?: Readonly<Record<string, ChangeKind>>;
}

/** By the file's own `kind`. */
const SORTS: Readonly<Record<string, FileSort>> = {
  intent: {
    noun: 'Intent',
    kind: 'text',
    fields: {
      risk: 'setting',
      owner: 'text',
      dataUsed: 'text',
      fallback: 'recipient',
      sends: 'destination',
      runbook: 'text',
      reviewBy: 'text',
    },
  },
  ladder: { noun: 'Escalation', kind: 'recipient' },
  'rule-table': { noun: 'Rule table', kind: 'rule' },
  map: { noun: 'Code map', kind: 'code' },
  mapping: { noun: 'Mapping', kind: 'code' },
  'alert-policy': { noun: 'Alerts', kind: 'recipient' },
  checklist: { noun: 'Checklist', kind: 'recipient' },
  scenario: { noun: 'Scenario', kind: 'text', fields: { given: 'text', steps: 'text', expect: 'text' } },
  policy: { noun: 'Approval policy', kind: 'setting', fields: { approvals: 'setting', breakGlass: 'setting' } },
};

const FLOW: FileSort = { noun: 'Flow', kind: 'wiring' };
const JSON_FILE: FileSort = { noun: 'File', kind: 'setting' };

function sortOf(path: string, content: FileContent): FileSort {
  if (content.kind === 'flow') return FLOW;
  if (content.kind === 'text') {
    if (/(?:^|\/)samples\//.test(path)) return { noun: 'Sample', kind: 'text' };
    return path.endsWith('.md') ? { noun: 'Text', kind: 'text' } : JSON_FILE;
  }
  const value = jsonOf(content);
  const kind = isObject(value) ? field(value, 'kind') : undefined;
  if (typeof kind === 'string' && Object.hasOwn(SORTS, kind)) return SORTS[kind] ?? JSON_FILE;
  return /(?:^|\/)policy\.json$/.test(path) ? (SORTS['policy'] ?? JSON_FILE) : JSON_FILE;
}

/** Its own name, or else its path. */
function titleOf(path: string, content: FileContent): string {
  const value = content.kind === 'flow' ? undefined : jsonOf(content);
  const name = isObject(value) ? (field(value, 'name') ?? field(value, 'title')) : undefined;
  return typeof name === 'string' && name !== '' ? shown(name) : path;
}

export function wholeFileLine(
  path: string,
  change: 'added' | 'removed' | 'replaced',
  content: FileContent,
): ChangeLine {
  const { noun, kind } = sortOf(path, content);
  const what = `${noun} ${titleOf(path, content)} ${change === 'replaced' ? 'is of another kind now' : change}`;
  const weighty = change === 'removed' && (kind === 'rule' || kind === 'recipient');
  return line(kind, { file: path }, what, weighty ? { safety: 'loosens' } : {});
}

export function jsonLines(path: string, change: JsonDiff, before: Json, after: Json): readonly ChangeLine[] {
  const content: FileContent = { kind: 'json', value: after };
  const { noun, fields } = sortOf(path, content);
  const title = titleOf(path, content);
  if (noun === 'Escalation' && isObject(before) && isObject(after)) return ladderLines(path, change, before, after);
  if (noun === 'Alerts' && isObject(before) && isObject(after)) return alertLines(path, change, before, after);
  if (noun === 'Checklist' && isObject(before) && isObject(after)) return checklistLines(path, change, before, after);
  if (noun === 'Code map' && isObject(before) && isObject(after)) return codeMapLines(path, change, before, after);
  if (noun === 'Mapping' && isObject(before) && isObject(after)) return mappingLines(path, change, before, after);
  const subject = noun === 'Intent' || title === path ? `${noun === 'File' ? path : noun}:` : `${noun} ${title}:`;
  const lines = fieldLines({ file: path }, subject, change, fields, noun === 'Intent' ? intentMeaning : undefined);
  const told = lines.map((one): ChangeLine => (one.meaning === FEWER_APPROVE ? { ...one, safety: 'loosens' } : one));
  if (noun !== 'Intent') return told;
  return [
    ...told.filter(({ place }) => place.field?.startsWith('dueByRole') !== true),
    ...dueLines(path, before, after),
  ];
}

const FEWER_APPROVE = 'fewer have to approve it';
const RISKS = ['low', 'moderate', 'high', 'critical'];

function intentMeaning({ path, before, after }: Leaf): string | undefined {
  if (path[0] === 'sends' && (before === undefined || after === undefined))
    return after === undefined ? 'less data may leave' : 'more data may leave';
  if (path[0] !== 'risk' || typeof before !== 'string' || typeof after !== 'string') return undefined;
  return RISKS.indexOf(after) < RISKS.indexOf(before) ? FEWER_APPROVE : 'more have to approve it';
}

export function textLine(path: string, edits: readonly LineEdit[]): ChangeLine {
  const sample = /(?:^|\/)samples\//.test(path);
  return line(
    'text',
    { file: path },
    `${sample ? 'Sample ' : ''}${path} changed: ${counted(changedLineCount(edits), 'line')}`,
  );
}
