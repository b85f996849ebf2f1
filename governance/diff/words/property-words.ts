/** A changed property of a node in words. */
import { diffJson } from '../base/json-diff.ts';
import { isList, isObject, type Json } from '../base/json.ts';
import { changedLineCount, diffLines } from '../base/line-diff.ts';
import type { NodeDiff, PropertyChange } from '../flow/flow-diff.ts';
import type { FlowNode } from '../flow/flow-node.ts';
import { outcome } from './cell-words.ts';
import { line, type ChangeKind, type ChangeLine, type Safety } from './change-line.ts';
import { fieldKind } from './field-kinds.ts';
import { fieldLines } from './field-words.ts';
import { nodeWords, propertyValue, propertyWords, textOf, type NodeNames, type PropertyLabels } from './node-sense.ts';
import { isSteps, stepLines, type PathNames } from './step-words.ts';
import { switchChanges } from './switch-words.ts';
import { counted, durationWords, secondsOf } from './value-words.ts';

export interface FlowContext {
  readonly file: string;
  readonly names: NodeNames;
  readonly labels: PropertyLabels;
  readonly pathNames: PathNames;
}

/** What some properties say in a sentence of their own. */
const PHRASES: Readonly<Record<string, string>> = {
  'fhir write endpoint': 'goes to endpoint',
  'fhir read endpoint': 'reads from endpoint',
  'fhir subscription in endpoint': 'watches endpoint',
  'http event in feed': 'takes the events of feed',
  'http event in schema': 'takes what fits',
  'fhir subscription in criteria': 'takes what matches',
  'fhir validate onErrors': 'with errors',
  'fhir validate onWarnings': 'with warnings',
  'hl7 out endpoint': 'goes to receiver',
  'hl7 out message': 'sends',
  'http call endpoint': 'calls server',
  'http call body': 'sends',
  'hl7 in feed': 'takes the messages of feed',
  'console notice to': 'tells',
  'alert policy': 'alerts by the policy',
  'hl7 build messageType': 'makes messages of type',
  'hl7 build receiver': 'writes to',
  'rule table table': 'decides by the table',
  'function func': 'code',
  'function initialize': 'start code',
  'function finalize': 'stop code',
};

const LONGEST_ON_A_LINE = 60;

export function propertyLines(diff: NodeDiff, node: FlowNode, context: FlowContext): readonly ChangeLine[] {
  const properties = new Set(diff.changed.map(({ property }) => property));
  return diff.changed
    .filter(({ property }) => property !== 'g' && !isCompanion(property, properties))
    .flatMap((change) => propertyLine(change, diff, node, context));
}

/** `toKind` beside `to` only says how `to` is written. */
const isCompanion = (property: string, all: ReadonlySet<string>): boolean =>
  property.endsWith('Kind') && all.has(property.slice(0, -4));

function propertyLine(
  { property, before, after }: PropertyChange,
  diff: NodeDiff,
  node: FlowNode,
  { file, names, labels, pathNames }: FlowContext,
): readonly ChangeLine[] {
  const place = { file, node: diff.id, field: property };
  const who = nodeWords(node, names);
  if (property === 'd' || (property === 'disabled' && node.type === 'tab'))
    return [switchedLine(place, who, after === true)];
  if (property === 'z')
    return [line('wiring', place, `${who} stands on another flow:`, valuesOf(before, after, names))];
  if (property === 'steps' && isSteps(before) && isSteps(after)) return stepLines(place, who, before, after, pathNames);
  if (property === 'rules' && node.type === 'switch') return switchLines(place, who, node, before, after);
  const kind = property === 'rules' ? 'code' : fieldKind(property);
  const phrase = PHRASES[`${node.type} ${property}`];
  const label = phrase ?? propertyWords(node.type, property, labels);
  const isPhrase = phrase !== undefined;
  const what = isPhrase ? `${who} ${label}` : `${who}: ${label}`;
  if (isLong(before) || isLong(after)) return [codeLine(kind, place, what, before, after)];
  if (isStructure(before) && isStructure(after)) return structureLines(kind, place, what, before, after);
  // Only of a lane and of a wait is it plain what another value means for people.
  const how = property === 'lane' || property === 'time' ? outcome(before ?? null, after ?? null) : null;
  const taken =
    node.type === 'hl7 in' && (property === 'types' || property === 'senders') ? takenBy(before, after) : null;
  return [line(kind, place, what, { ...valuesOf(before, after, names), ...how, ...taken })];
}

/** A list of what is taken, where none listed means all. */
function takenBy(
  before: Json | undefined,
  after: Json | undefined,
): { readonly meaning: string; readonly safety: Safety } | null {
  const [old, now] = [before, after].map((value) => (isList(value) ? value : []));
  if (!old || !now) return null;
  const holds = (outer: readonly Json[], inner: readonly Json[]): boolean =>
    outer.length === 0 || (inner.length > 0 && inner.every((item) => outer.includes(item)));
  if (holds(now, old)) return { meaning: 'more messages are taken', safety: 'tightens' };
  return holds(old, now)
    ? { meaning: 'fewer messages are taken', safety: 'loosens' }
    : { meaning: 'other messages are taken', safety: null };
}

function switchedLine(place: ChangeLine['place'], who: string, off: boolean): ChangeLine {
  const more = off
    ? ({ meaning: 'nothing goes through it', safety: 'loosens' } as const)
    : ({ meaning: 'messages go through it again', safety: null } as const);
  return line('wiring', place, `${who} is switched ${off ? 'off' : 'on again'}`, more);
}

function valuesOf(
  before: Json | undefined,
  after: Json | undefined,
  names: NodeNames,
): { before: string; after: string } {
  const words = (value: Json | undefined): string =>
    secondsOf(value) === undefined ? propertyValue(value, names) : durationWords(value);
  return { before: words(before), after: words(after) };
}

const isLong = (value: Json | undefined): boolean =>
  typeof value === 'string' && (value.includes('\n') || value.length > LONGEST_ON_A_LINE);

const isStructure = (value: Json | undefined): value is Json =>
  isObject(value) || (isList(value) && value.some((item) => typeof item === 'object'));

function codeLine(
  kind: ChangeKind,
  place: ChangeLine['place'],
  what: string,
  before: Json | undefined,
  after: Json | undefined,
): ChangeLine {
  const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
  const lines = changedLineCount(diffLines(text(before), text(after)));
  return line(kind, place, `${what} changed: ${counted(lines, 'line')}`);
}

function structureLines(
  kind: ChangeKind,
  place: ChangeLine['place'],
  what: string,
  before: Json,
  after: Json,
): readonly ChangeLine[] {
  const diff = diffJson(before, after);
  // Every place in it is about what the property is about, whatever it is called; the ports of a subflow have a place, too.
  return fieldLines(place, what, diff).map((one) => (one.kind === 'layout' ? one : { ...one, kind }));
}

function switchLines(
  place: ChangeLine['place'],
  who: string,
  node: FlowNode,
  before: Json | undefined,
  after: Json | undefined,
): readonly ChangeLine[] {
  const asked = textOf(node, 'property');
  const changes = switchChanges(before, after);
  if (!changes) {
    const count = (rules: Json | undefined): string => counted(isList(rules) ? rules.length : 0, 'way');
    return [line('rule', place, `${who} tells apart`, { before: count(before), after: count(after) })];
  }
  return changes.map(({ output, isLimit, ...values }) =>
    line(isLimit ? 'threshold' : 'rule', place, `${who}: output ${output} takes ${asked}`, values),
  );
}
