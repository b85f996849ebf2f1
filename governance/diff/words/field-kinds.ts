/** What a field is about, by its name. The names are those of the palette, of Node-RED's own nodes and of our files. */
import type { ChangeKind } from './change-line.ts';

const KINDS: Readonly<Partial<Record<ChangeKind, string>>> = {
  layout: 'x y w h l g d3 icon color style align inputLabels outputLabels nodes',
  text: 'name label title info note text description purpose reason reference owner contact category locale',
  timer:
    'time timeKind after due coolDown until lane laneKind laneMinutes deadlineSeconds resendWindowDays timeout timeoutUnits duration ' +
    'delay delayUnits rate nbRateUnits rateUnits pauseType repeat crontab once onceDelay interval units extend clock ' +
    'priority priorityKind dueKind urgency retry approvalValidFor maxDuration',
  recipient:
    'to toKind role person roster recipient recipients queue ladder ladderKind escalation contactOutOfHours team desk channels channel unit unitKind personKind roleKind checklist checklistKind ' +
    'stopOn exhausted notify',
  cohort: 'types senders suppress groupBy topic filter selector cohort feeds',
  destination:
    'endpoint endpoints watchEndpoint watch feed url host port server broker path method resourceType operation ' +
    'destination filename sends links reference receiver',
  code:
    'func initialize finalize libs noerr template syntax resource message messageKind controlId reference key correction discriminator fact messageId details patient patientKind focus focusKind encounter encounterKind says saysKind task taskKind ' +
    'parameters carry expression rows from relation unmapped set code codes jsonata steps messageType json charset part partKind commentKind',
  rule: 'ifMissing countDiffers table noMatch rules checkall hitPolicy otherwise effective action resolveOn when tiers',
  wiring: 'z wires links scope uncaught in out status outputs d disabled',
};

const BY_NAME = new Map<string, ChangeKind>(
  Object.entries(KINDS)
    .toReversed()
    .flatMap(([kind, names]) => names.split(' ').map((name) => [name, kind as ChangeKind] as const)),
);

export const fieldKind = (name: string): ChangeKind => BY_NAME.get(name) ?? 'setting';

/** Of a column under `then`, whose names are the analyst's own. */
export function outputKind(name: string): ChangeKind {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  if (/\b(minutes?|hours?|seconds?|days?|due|deadline|delay|within|timeout|lane|priority|urgency)\b/.test(words))
    return 'timer';
  if (/\b(queue|to|recipient|role|person|owner|team|desk|ladder|notify|ward|clinic)\b/.test(words)) return 'recipient';
  if (/\b(endpoint|destination|channel|system|target|server)\b/.test(words)) return 'destination';
  if (/\b(label|title|text|note|description|message|display|name)\b/.test(words)) return 'text';
  return /\b(code|loinc|snomed|coding)\b/.test(words) ? 'code' : 'rule';
}

/** Of a column under `when`: what is asked of the patient (or the visit) is whom it is for, a number a limit, the rest codes. */
export function inputKind(column: { readonly type: string; readonly about: string }): ChangeKind {
  if (/\b(age|birth\w*|sex|gender|gestation\w*|pregnan\w*|patient|visit|ward|cohort)\b/i.test(column.about))
    return 'cohort';
  return column.type === 'string' || column.type === 'list' ? 'code' : 'threshold';
}
