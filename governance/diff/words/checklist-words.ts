/** Changes of a checklist in words, part by part as their ids name them. */
import type { JsonDiff } from '../base/json-diff.ts';
import { equalJson, field, isList, isObject, type Json, type JsonObject } from '../base/json.ts';
import { outcome } from './cell-words.ts';
import { line, type ChangeLine, type Place } from './change-line.ts';
import { fieldLines } from './field-words.ts';
import { durationWords, shown } from './value-words.ts';

export function checklistLines(
  file: string,
  change: JsonDiff,
  before: JsonObject,
  after: JsonObject,
): readonly ChangeLine[] {
  const subject = `Checklist ${shown(field(after, 'name') ?? file)}:`;
  if (change.kind !== 'object') return fieldLines({ file }, subject, change);
  const rest: JsonDiff = { ...change, fields: change.fields.filter(({ key }) => key !== 'items') };
  const [old, now] = [partsOf(before), partsOf(after)];
  const told: ChangeLine[] = [];
  for (const [id, part] of now) {
    const place = { file, field: `items.${id}` };
    const was = old.get(id);
    if (was) told.push(...partLines(place, `${subject} part ${id}`, was, part));
    else {
      const more = { meaning: 'one more has to be done', safety: 'tightens' } as const;
      told.push(line('recipient', place, `${subject} new part ${id}${words(part)}`, more));
    }
  }
  for (const [id, part] of old) {
    if (now.has(id)) continue;
    const more = { meaning: 'one fewer has to be done', safety: 'loosens' } as const;
    const place = { file, field: `items.${id}` };
    told.push(line('recipient', place, `${subject} no part ${id} any more${words(part)}`, more));
  }
  if (told.length === 0 && rest.fields.length < change.fields.length)
    told.push(line('text', { file, field: 'items' }, `${subject} its parts are listed in another order`));
  return [...told, ...fieldLines({ file }, subject, rest)];
}

function partsOf(list: JsonObject): ReadonlyMap<string, JsonObject> {
  const items = field(list, 'items');
  const parts = (isList(items) ? items : []).filter(isObject);
  return new Map(parts.map((part, i) => [shown(field(part, 'id') ?? `${i + 1}`), part]));
}

function words(part: JsonObject): string {
  const role = field(part, 'role');
  return `: ${shown(field(part, 'text') ?? null)}${typeof role === 'string' ? ` (${role})` : ''}`;
}

function partLines(place: Place, subject: string, before: JsonObject, after: JsonObject): readonly ChangeLine[] {
  const lines: ChangeLine[] = [];
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old = null, now = null] = [field(before, key), field(after, key)];
    if (equalJson(old, now)) continue;
    const here = { ...place, field: `${place.field ?? ''}.${key}` };
    if (key === 'due') {
      const said = (value: Json): string => (value === null ? 'whenever' : `within ${durationWords(value)}`);
      const how =
        old === null
          ? ({ meaning: 'sooner', safety: 'tightens' } as const)
          : now === null
            ? ({ meaning: 'later', safety: 'loosens' } as const)
            : outcome(old, now);
      lines.push(line('timer', here, `${subject} is due`, { before: said(old), after: said(now), ...how }));
    } else if (key === 'after') {
      const gone = listed(old).some((id) => !listed(now).includes(id));
      const more = gone ? ({ meaning: 'it may be done before', safety: 'loosens' } as const) : {};
      lines.push(line('rule', here, `${subject} comes after`, { before: ids(old), after: ids(now), ...more }));
    } else if (key === 'compensate') {
      const more = now === null ? ({ meaning: 'nothing is owed after a cancel', safety: 'loosens' } as const) : {};
      const said = (value: Json): string => (value === null ? 'nothing' : shown(value));
      lines.push(
        line('rule', here, `${subject}: owed after a cancel`, { before: said(old), after: said(now), ...more }),
      );
    } else {
      const said = (value: Json): string => (value === null ? 'anybody' : shown(value));
      lines.push(
        line(key === 'role' ? 'recipient' : 'text', here, `${subject}: ${key}`, {
          before: said(old),
          after: said(now),
        }),
      );
    }
  }
  return lines;
}

const listed = (value: Json): readonly Json[] => (isList(value) ? value : []);
const ids = (value: Json): string => listed(value).map(shown).join(', ') || 'nothing';
