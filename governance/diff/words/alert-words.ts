/** Changes of an alert policy in words: its tiers, what is suppressed, how long it is quiet. */
import type { JsonDiff } from '../base/json-diff.ts';
import { equalJson, field, isList, isObject, type Json, type JsonObject } from '../base/json.ts';
import { line, type ChangeLine, type Safety } from './change-line.ts';
import { fieldLines } from './field-words.ts';
import { shown } from './value-words.ts';

const APART = new Set(['tiers', 'suppress', 'coolDown']);
const KINDS = { groupBy: 'cohort', resolveOn: 'rule', runbook: 'text' } as const;

export function alertLines(
  file: string,
  change: JsonDiff,
  before: JsonObject,
  after: JsonObject,
): readonly ChangeLine[] {
  const subject = `Alerts ${shown(field(after, 'name') ?? file)}:`;
  if (change.kind !== 'object') return fieldLines({ file }, subject, change);
  const only = (keys: (key: string) => boolean): JsonDiff => ({
    ...change,
    fields: change.fields.filter(({ key }) => keys(key)),
  });
  return [
    ...tierLines(file, subject, before, after),
    ...suppressLines(file, subject, before, after),
    ...coolDownLines(
      file,
      subject,
      only((key) => key === 'coolDown'),
    ),
    ...fieldLines(
      { file },
      subject,
      only((key) => !APART.has(key)),
      KINDS,
    ),
  ];
}

/** More is counted to the alert that was told, and told no more. */
function coolDownLines(file: string, subject: string, change: JsonDiff): readonly ChangeLine[] {
  return fieldLines({ file, field: 'coolDown' }, subject, change).map((one) => {
    const safety: Safety = one.meaning === 'later' ? 'loosens' : one.meaning === 'sooner' ? 'tightens' : one.safety;
    return { ...one, safety };
  });
}

function tierLines(file: string, subject: string, before: JsonObject, after: JsonObject): readonly ChangeLine[] {
  const [old, now] = [named(before), named(after)];
  const lines: ChangeLine[] = [];
  for (const [name, tier] of now) {
    const place = { file, field: `tiers.${name}` };
    const was = old.get(name);
    if (was === undefined)
      lines.push(
        line('rule', place, `${subject} new tier ${shown(name)} to ${whoOf(tier)}`, {
          meaning: 'one more is told',
          safety: 'tightens',
        }),
      );
    else lines.push(...oneTier(place, `${subject} tier ${shown(name)}`, was, tier));
  }
  for (const [name, tier] of old)
    if (!now.has(name))
      lines.push(
        line(
          'rule',
          { file, field: `tiers.${name}` },
          `${subject} no tier ${shown(name)} any more, to ${whoOf(tier)}`,
          {
            meaning: 'one fewer is told',
            safety: 'loosens',
          },
        ),
      );
  const common = (one: ReadonlyMap<string, JsonObject>, other: ReadonlyMap<string, JsonObject>): string =>
    [...one.keys()].filter((name) => other.has(name)).join(', ');
  if (common(old, now) !== common(now, old))
    lines.push(
      line('rule', { file, field: 'tiers' }, `${subject} the order of its tiers`, {
        before: common(old, now),
        after: common(now, old),
        meaning: 'the first that fits holds',
      }),
    );
  return lines;
}

function oneTier(place: ChangeLine['place'], subject: string, before: JsonObject, after: JsonObject): ChangeLine[] {
  const lines: ChangeLine[] = [];
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old = null, now = null] = [field(before, key), field(after, key)];
    if (equalJson(old, now)) continue;
    const here = { ...place, field: `${place.field ?? ''}.${key}` };
    if (key === 'to')
      lines.push(line('recipient', here, `${subject} goes to`, { before: whoOf(before), after: whoOf(after) }));
    else if (key === 'channels') lines.push(channelLine(here, subject, listOf(old), listOf(now)));
    else if (key === 'content') lines.push(contentLine(here, subject, old, now));
    else
      lines.push(
        line(key === 'when' ? 'rule' : 'setting', here, `${subject}: ${key}`, {
          before: shown(old),
          after: shown(now),
        }),
      );
  }
  return lines;
}

function channelLine(
  place: ChangeLine['place'],
  subject: string,
  before: readonly string[],
  after: readonly string[],
): ChangeLine {
  const fewer = before.some((channel) => !after.includes(channel));
  const more = after.some((channel) => !before.includes(channel));
  const safety = fewer && !more ? 'loosens' : more && !fewer ? 'tightens' : null;
  const meaning = fewer && !more ? 'fewer ways to reach somebody' : more && !fewer ? 'more ways to reach somebody' : '';
  return line('recipient', place, `${subject} by`, {
    before: before.join(', then ') || 'nothing',
    after: after.join(', then ') || 'nothing',
    safety,
    ...(meaning !== '' && { meaning }),
  });
}

const CONTENTS = ['none', 'reference', 'minimum'];

function contentLine(place: ChangeLine['place'], subject: string, before: Json, after: Json): ChangeLine {
  const [old, now] = [before, after].map((one) => (typeof one === 'string' ? one : 'none'));
  const more = CONTENTS.indexOf(now ?? '') > CONTENTS.indexOf(old ?? '');
  return line('destination', place, `${subject}: what leaves Wardflow`, {
    before: shown(old ?? null),
    after: shown(now ?? null),
    meaning: more ? 'more data may leave' : 'less data may leave',
  });
}

/** A rule by its reason: an expression that is reworded is told as one that went and one that came. */
function suppressLines(file: string, subject: string, before: JsonObject, after: JsonObject): readonly ChangeLine[] {
  const [old, now] = [rulesOf(before), rulesOf(after)];
  const lines: ChangeLine[] = [];
  const open = [...old];
  for (const rule of now) {
    const place = { file, field: 'suppress' };
    const at = open.findIndex((one) => equalJson(field(one, 'when') ?? null, field(rule, 'when') ?? null));
    const [was] = at < 0 ? [] : open.splice(at, 1);
    const [from, to] = [untilOf(was), untilOf(rule)];
    if (was === undefined)
      lines.push(
        line('rule', place, `${subject} held back until ${to}: ${wordsOf(rule)}`, {
          meaning: 'nobody is told of it',
          safety: 'loosens',
        }),
      );
    else if (from !== to)
      lines.push(
        line('timer', place, `${subject} held back (${wordsOf(rule)}) until`, {
          before: from,
          after: to,
          safety: to > from ? 'loosens' : 'tightens',
          meaning: to > from ? 'nobody is told for longer' : 'told sooner again',
        }),
      );
    else if (!equalJson(was, rule))
      lines.push(line('text', place, `${subject} held back because`, { before: wordsOf(was), after: wordsOf(rule) }));
  }
  for (const gone of open)
    lines.push(
      line('rule', { file, field: 'suppress' }, `${subject} no longer held back: ${wordsOf(gone)}`, {
        meaning: 'told again',
        safety: 'tightens',
      }),
    );
  return lines;
}

const rulesOf = (policy: JsonObject): readonly JsonObject[] => {
  const rules = field(policy, 'suppress');
  return isList(rules) ? rules.filter(isObject) : [];
};

const untilOf = (rule: JsonObject | undefined): string => {
  const until = rule && field(rule, 'until');
  return typeof until === 'string' ? until : 'no day';
};

const wordsOf = (rule: JsonObject): string => {
  const reason = field(rule, 'reason');
  return shown(typeof reason === 'string' ? reason : (field(rule, 'when') ?? null));
};

function named(policy: JsonObject): ReadonlyMap<string, JsonObject> {
  const tiers = field(policy, 'tiers');
  return new Map(
    (isList(tiers) ? tiers.filter(isObject) : []).map((tier) => {
      const name = field(tier, 'name');
      return [typeof name === 'string' ? name : '', tier] as const;
    }),
  );
}

const listOf = (value: Json): readonly string[] =>
  isList(value) ? value.filter((one) => typeof one === 'string') : [];

function whoOf(tier: JsonObject): string {
  const to = field(tier, 'to');
  if (!isObject(to)) return 'nobody';
  const [role, person, roster] = [field(to, 'role'), field(to, 'person'), field(to, 'roster')];
  if (typeof role === 'string') return shown(role);
  return typeof person === 'string' ? `the person ${shown(person)}` : `roster ${shown(roster)}`;
}
