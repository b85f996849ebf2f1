/** Changes of an escalation ladder in words, step by step. */
import type { JsonDiff } from '../base/json-diff.ts';
import { equalJson, field, isList, isObject, type Json, type JsonObject } from '../base/json.ts';
import { outcome } from './cell-words.ts';
import { line, type ChangeLine } from './change-line.ts';
import { fieldLines } from './field-words.ts';
import { durationWords, ordinal, shown } from './value-words.ts';

const EXHAUSTED = { exhausted: 'recipient', stopOn: 'rule' } as const;

export function ladderLines(
  file: string,
  change: JsonDiff,
  before: JsonObject,
  after: JsonObject,
): readonly ChangeLine[] {
  const subject = `Escalation ${shown(field(after, 'name') ?? field(after, 'title') ?? file)}:`;
  if (change.kind !== 'object') return fieldLines({ file }, subject, change);
  const apart = new Set(['steps', 'clock']);
  const rest: JsonDiff = { ...change, fields: change.fields.filter(({ key }) => !apart.has(key)) };
  const steps = change.fields.find(({ key }) => key === 'steps')?.change;
  const lines = [...clockLines(file, subject, before, after), ...fieldLines({ file }, subject, rest, EXHAUSTED)];
  if (!steps) return lines;
  if (steps.kind !== 'list') return [...lines, line('timer', { file, field: 'steps' }, `${subject} its steps changed`)];
  const [old, now] = [stepsOf(before), stepsOf(after)];
  const told: ChangeLine[] = [];
  let [atA, atB] = [0, 0];
  for (const edit of steps.edits) {
    const place = { file, field: `steps.${edit.kind === 'removed' ? atA : atB}` };
    if (edit.kind === 'added')
      told.push(
        line('recipient', place, `${subject} new ${ordinal(atB)} step: ${stepWords(edit.after)}`, {
          meaning: 'one more is told',
          safety: 'tightens',
        }),
      );
    if (edit.kind === 'removed')
      told.push(
        line('recipient', place, `${subject} no ${ordinal(atA)} step any more: ${stepWords(edit.before)}`, {
          meaning: 'one fewer is told',
          safety: 'loosens',
        }),
      );
    if (edit.kind === 'changed') told.push(...stepLines(place, `${subject} ${ordinal(atB)} step`, old[atA], now[atB]));
    const step = edit.kind === 'keep' ? edit.count : 1;
    if (edit.kind !== 'added') atA += step;
    if (edit.kind !== 'removed') atB += step;
  }
  return [...told, ...lines];
}

/** Outside the hours of a clock nobody is told: whoever adds or narrows one must have meant that. */
function clockLines(file: string, subject: string, before: JsonObject, after: JsonObject): readonly ChangeLine[] {
  const [old = null, now = null] = [field(before, 'clock'), field(after, 'clock')];
  if (equalJson(old, now)) return [];
  const place = { file, field: 'clock' };
  const what = `${subject} its times`;
  if (old === null)
    return [line('timer', place, `${what} count only ${clockWords(now)}`, { meaning: 'later', safety: 'loosens' })];
  if (now === null) return [line('timer', place, `${what} count always`, { meaning: 'sooner', safety: 'tightens' })];
  return [line('timer', place, `${what} count`, { before: clockWords(old), after: clockWords(now) })];
}

const DAYS = ['', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function clockWords(clock: Json): string {
  if (!isObject(clock)) return shown(clock);
  const [hours, holidays] = [field(clock, 'hours'), field(clock, 'holidays')];
  const shifts = (isList(hours) ? hours : []).filter(isObject).map((one) => {
    const days = field(one, 'days');
    const named = (isList(days) ? days : []).map((day) => DAYS[Number(day)] ?? shown(day));
    return `${named.join(' ')} ${shown(field(one, 'from') ?? null)} to ${shown(field(one, 'to') ?? null)}`;
  });
  const without = isList(holidays) && holidays.length > 0 ? ` but on ${holidays.length} holidays` : '';
  return `${shifts.join(', ')}${without} (${shown(field(clock, 'zone') ?? null)})`;
}

const stepsOf = (ladder: JsonObject): readonly Json[] => {
  const steps = field(ladder, 'steps');
  return isList(steps) ? steps : [];
};

function stepLines(
  place: ChangeLine['place'],
  subject: string,
  before: Json | undefined,
  after: Json | undefined,
): readonly ChangeLine[] {
  if (!isObject(before) || !isObject(after)) return [];
  const lines: ChangeLine[] = [];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  for (const key of keys) {
    const [old = null, now = null] = [field(before, key), field(after, key)];
    if (equalJson(old, now)) continue;
    const here = { ...place, field: `${place.field ?? ''}.${key}` };
    if (key === 'after') {
      const timed = [old, now].every((value) => timeWords(value).startsWith('after '));
      const words = timed ? durationWords : timeWords;
      const more = { before: words(old), after: words(now), where: whoOf(field(after, 'to')), ...outcome(old, now) };
      lines.push(line('timer', here, timed ? `${subject} after` : `${subject}:`, more));
    } else if (key === 'repeat') {
      const words = (value: Json): string =>
        value === null ? 'said once' : `said again every ${durationWords(value)}`;
      const safety = old === null ? 'tightens' : now === null ? 'loosens' : null;
      lines.push(line('timer', here, `${subject}:`, { before: words(old), after: words(now), safety }));
    } else if (key === 'to')
      lines.push(line('recipient', here, `${subject} goes to`, { before: whoOf(old), after: whoOf(now) }));
    else {
      const kind = key === 'text' ? 'text' : 'recipient';
      lines.push(line(kind, here, `${subject}: ${key}`, { before: shown(old), after: shown(now) }));
    }
  }
  return lines;
}

const timeWords = (value: Json): string => {
  const words = durationWords(value);
  return words === 'at once' ? words : `after ${words}`;
};

/** `ward doctor`; a person or a roster says so. */
function whoOf(to: Json | undefined): string {
  if (!isObject(to)) return shown(to);
  const [role, person, roster] = [field(to, 'role'), field(to, 'person'), field(to, 'roster')];
  if (typeof role === 'string') return role;
  return typeof person === 'string' ? `the person ${person}` : `roster ${shown(roster)}`;
}

const stepWords = (step: Json): string =>
  isObject(step) ? `${timeWords(field(step, 'after') ?? null)} to ${whoOf(field(step, 'to'))}` : shown(step);
