/** Changes of mappings to FHIR and of code maps in words: which code says what now, which element comes from where. */
import type { JsonDiff } from '../base/json-diff.ts';
import { equalJson, field, isList, isObject, type Json, type JsonObject } from '../base/json.ts';
import { line, type ChangeLine } from './change-line.ts';
import { fieldLines } from './field-words.ts';
import { shown } from './value-words.ts';

export function codeMapLines(
  file: string,
  change: JsonDiff,
  before: JsonObject,
  after: JsonObject,
): readonly ChangeLine[] {
  const subject = `Code map ${shown(field(after, 'name') ?? file)}:`;
  if (change.kind !== 'object') return fieldLines({ file }, subject, change);
  const lines: ChangeLine[] = [];
  const [old, now] = [byKey(before, 'rows', 'from'), byKey(after, 'rows', 'from')];
  for (const [code, row] of now) {
    const place = { file, field: `rows.${code}` };
    const was = old.get(code);
    if (!was) lines.push(line('code', place, `${subject} ${code} is known now, and becomes ${codeWords(row)}`));
    else if (!equalJson(was, row))
      lines.push(line('code', place, `${subject} ${code} becomes`, { before: codeWords(was), after: codeWords(row) }));
  }
  const left = unmappedWords(field(after, 'unmapped'));
  for (const [code, row] of old) {
    if (now.has(code)) continue;
    const place = { file, field: `rows.${code}` };
    lines.push(
      line('code', place, `${subject} ${code} is not known any more (was ${codeWords(row)})`, {
        meaning: `such codes ${left}`,
      }),
    );
  }
  const [was, is] = [field(before, 'unmapped'), field(after, 'unmapped')];
  if (!equalJson(was ?? null, is ?? null))
    lines.push(
      line('code', { file, field: 'unmapped' }, `${subject} unknown codes`, {
        before: unmappedWords(was),
        after: unmappedWords(is),
      }),
    );
  const apart = new Set(['rows', 'unmapped']);
  if (lines.length === 0 && change.fields.some(({ key }) => key === 'rows'))
    lines.push(line('text', { file, field: 'rows' }, `${subject} its rows are listed in another order`));
  const rest: JsonDiff = { ...change, fields: change.fields.filter(({ key }) => !apart.has(key)) };
  return [...lines, ...fieldLines({ file }, subject, rest, { source: 'text', target: 'code' })];
}

function codeWords(row: JsonObject): string {
  const to = field(row, 'to') ?? null;
  if (to === null) return 'nothing';
  const [display, relation] = [field(row, 'display'), field(row, 'relation')];
  const said = typeof display === 'string' ? ` ${shown(display)}` : '';
  return `${shown(to)}${said}${relation === 'equivalent' ? '' : ` (${shown(relation)})`}`;
}

function unmappedWords(value: Json | undefined): string {
  if (value === 'quarantine') return 'fail the message';
  if (isObject(value)) return `become ${shown(field(value, 'use'))}`;
  return 'are left out and reported';
}

export function mappingLines(
  file: string,
  change: JsonDiff,
  before: JsonObject,
  after: JsonObject,
): readonly ChangeLine[] {
  const subject = `Mapping ${shown(field(after, 'name') ?? file)}:`;
  if (change.kind !== 'object') return fieldLines({ file }, subject, change);
  const lines = [
    ...listed(file, 'source', before, after, (type, isNew) =>
      isNew ? `${subject} also for ${type}` : `${subject} not for ${type} any more`,
    ),
    ...listed(file, 'uses', before, after, (part, isNew) =>
      isNew ? `${subject} takes the part ${part} along` : `${subject} leaves the part ${part} out`,
    ),
    ...resourceLines(file, subject, before, after),
    ...ignoreLines(file, subject, before, after),
  ];
  if (lines.length === 0 && change.fields.some(({ key }) => key === 'resources'))
    lines.push(line('text', { file, field: 'resources' }, `${subject} its resources are listed in another order`));
  const apart = new Set(['source', 'uses', 'resources', 'ignore']);
  const rest: JsonDiff = { ...change, fields: change.fields.filter(({ key }) => !apart.has(key)) };
  return [...lines, ...fieldLines({ file }, subject, rest)];
}

function listed(
  file: string,
  key: string,
  before: JsonObject,
  after: JsonObject,
  words: (item: string, isNew: boolean) => string,
): ChangeLine[] {
  const [old, now] = [textsOf(before, key), textsOf(after, key)];
  const place = { file, field: key };
  return [
    ...now.filter((one) => !old.includes(one)).map((one) => line('code', place, words(one, true))),
    ...old.filter((one) => !now.includes(one)).map((one) => line('code', place, words(one, false))),
  ];
}

function resourceLines(file: string, subject: string, before: JsonObject, after: JsonObject): ChangeLine[] {
  const lines: ChangeLine[] = [];
  const [old, now] = [byKey(before, 'resources', 'id'), byKey(after, 'resources', 'id')];
  for (const [id, resource] of now) {
    const place = { file, field: `resources.${id}` };
    const was = old.get(id);
    if (was) lines.push(...elementLines(file, `${subject} ${id}`, id, was, resource));
    else lines.push(line('code', place, `${subject} new ${resourceWords(resource, id)}`));
  }
  for (const [id, resource] of old)
    if (!now.has(id))
      lines.push(
        line('code', { file, field: `resources.${id}` }, `${subject} no ${resourceWords(resource, id)} any more`),
      );
  return lines;
}

function resourceWords(resource: JsonObject, id: string): string {
  const each = field(resource, 'each');
  return `${shown(field(resource, 'type'))} (${id})${typeof each === 'string' ? ` for each ${shown(each)}` : ''}`;
}

function elementLines(file: string, subject: string, id: string, before: JsonObject, after: JsonObject): ChangeLine[] {
  const lines: ChangeLine[] = [];
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, now] = [field(before, key) ?? null, field(after, key) ?? null];
    if (key === 'set' || equalJson(old, now)) continue;
    const place = { file, field: `resources.${id}.${key}` };
    lines.push(line('code', place, `${subject}: ${key}`, { before: shown(old), after: shown(now) }));
  }
  const [old, now] = [field(before, 'set') ?? null, field(after, 'set') ?? null];
  if (!isObject(old) || !isObject(now)) return lines;
  for (const target of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const [a, b] = [field(old, target), field(now, target)];
    if (equalJson(a ?? null, b ?? null)) continue;
    const place = { file, field: `resources.${id}.set.${target}` };
    const more = { before: rulesWords(a), after: rulesWords(b) };
    lines.push(line('code', place, `${subject}.${target} comes from`, more));
  }
  return lines;
}

/** `PID-8 by administrative-sex, else nothing`: where a value comes from, rule by rule. */
function rulesWords(rules: Json | undefined): string {
  if (rules === undefined) return 'nothing';
  const all = (isList(rules) ? rules : [rules]).filter(isObject).map(ruleWords);
  return shown(all.join('; '));
}

function ruleWords(rule: JsonObject): string {
  const said = (key: string): string | undefined => {
    const value = field(rule, key);
    return value === undefined ? undefined : shown(value);
  };
  const [from, by, as, when] = [said('from'), said('with'), said('as'), said('when')];
  const [value, absent] = [said('value'), said('absent')];
  const to = said('ref') ?? said('refs') ?? said('make');
  const what =
    to !== undefined
      ? `the ${to}${from === undefined ? '' : ` of ${from}`}`
      : (from ?? (value === undefined ? undefined : `the value ${value}`) ?? (absent && `absent (${absent})`));
  return [
    what ?? `${said('each') ?? 'its elements'}: ${said('set') ?? ''}`,
    ...(as === undefined ? [] : [`as ${as}`]),
    ...(by === undefined ? [] : [`by ${by}`]),
    ...(when === undefined ? [] : [`when ${when}`]),
  ].join(' ');
}

/** What is ignored is not reported: what comes to the list is seen by nobody any more. */
function ignoreLines(file: string, subject: string, before: JsonObject, after: JsonObject): ChangeLine[] {
  const [old, now] = [byKey(before, 'ignore', 'path'), byKey(after, 'ignore', 'path')];
  const lines: ChangeLine[] = [];
  for (const [path, item] of now) {
    const place = { file, field: `ignore.${path}` };
    const was = old.get(path);
    if (!was)
      lines.push(
        line('code', place, `${subject} ${path} is left out and not reported: ${shown(field(item, 'reason'))}`),
      );
    else if (!equalJson(was, item)) {
      const [a, b] = [was, item].map((one) => shown(field(one, 'reason')));
      lines.push(line('text', place, `${subject} why ${path} is left out:`, { before: a ?? '', after: b ?? '' }));
    }
  }
  for (const path of old.keys())
    if (!now.has(path))
      lines.push(line('code', { file, field: `ignore.${path}` }, `${subject} ${path} is reported again`));
  return lines;
}

function byKey(of: JsonObject, list: string, key: string): ReadonlyMap<string, JsonObject> {
  const items = field(of, list);
  const objects = (isList(items) ? items : []).filter(isObject);
  return new Map(objects.map((one, i) => [shown(field(one, key) ?? `${i + 1}`), one]));
}

function textsOf(of: JsonObject, key: string): readonly string[] {
  const items = field(of, key);
  return (isList(items) ? items : []).map((one) => shown(one));
}
