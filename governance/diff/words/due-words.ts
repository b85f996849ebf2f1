/** Changes of an intent's `dueByRole` in words: whose tasks are due later, sooner, or at no time of their own. */
import { field, isList, isObject, type Json } from '../base/json.ts';
import { line, type ChangeLine } from './change-line.ts';
import { durationWords, secondsOf, shown } from './value-words.ts';

const FIELD = 'dueByRole';

export function dueLines(path: string, before: Json, after: Json): readonly ChangeLine[] {
  const [was, is] = [timesIn(before), timesIn(after)];
  return [...new Set([...was.keys(), ...is.keys()])].toSorted().flatMap((whose) => {
    const [from, to] = [was.get(whose), is.get(whose)];
    const at = { file: path, field: FIELD };
    const what = `Intent: tasks of ${whose}`;
    if (from === undefined)
      return [line('timer', at, `${what} are due after ${durationWords(to)}`, { safety: 'tightens' })];
    if (to === undefined)
      return [line('timer', at, `${what} are no longer due after ${durationWords(from)}`, { safety: 'loosens' })];
    const [before_, after_] = [secondsOf(from) ?? 0, secondsOf(to) ?? 0];
    if (before_ === after_) return [];
    const later = after_ > before_;
    return [
      line('timer', at, `${what} are due after`, {
        before: durationWords(from),
        after: durationWords(to),
        meaning: later ? 'later' : 'sooner',
        safety: later ? 'loosens' : 'tightens',
      }),
    ];
  });
}

/** By role and priority, in words. */
function timesIn(intent: Json): ReadonlyMap<string, Json> {
  const list = isObject(intent) ? field(intent, FIELD) : undefined;
  const found = new Map<string, Json>();
  for (const one of isList(list) ? list : []) {
    if (!isObject(one)) continue;
    const [role, priority, due] = ['role', 'priority', 'due'].map((name) => field(one, name));
    if (role === undefined || due === undefined) continue;
    found.set(`${shown(role)} (${priority === undefined ? 'any priority' : shown(priority)})`, due);
  }
  return found;
}
