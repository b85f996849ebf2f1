/** Steps that change a message (`hl7 edit`, `hl7 build`) in words: what is written where, with the standard's names. */
import { placeOf } from '../../../nodes/kit/hl7-steps/place.ts';
import { diffJson } from '../base/json-diff.ts';
import { canonical, field, isList, isObject, type Json, type JsonObject } from '../base/json.ts';
import { line, type ChangeLine, type Place } from './change-line.ts';
import { ordinal, shown } from './value-words.ts';

/** The names along a path: `PID-3.4` -> `Patient Identifier List`, `Assigning Authority`. */
export type PathNames = (path: string) => readonly string[];

export function stepLines(
  place: Place,
  who: string,
  before: readonly Json[],
  after: readonly Json[],
  names: PathNames,
): readonly ChangeLine[] {
  const diff = diffJson(before, after);
  if (diff?.kind !== 'list') return [];
  if (sorted(before) === sorted(after)) return [line('code', place, `${who}: its steps come in another order`)];
  const told: ChangeLine[] = [];
  let [atA, atB] = [0, 0];
  for (const edit of diff.edits) {
    const at = { ...place, field: `${place.field ?? 'steps'}.${edit.kind === 'removed' ? atA : atB}` };
    if (edit.kind === 'added')
      told.push(line('code', at, `${who}: new ${ordinal(atB)} step ${stepWords(edit.after, names)}`));
    if (edit.kind === 'removed')
      told.push(line('code', at, `${who}: no ${ordinal(atA)} step any more: it ${stepWords(edit.before, names)}`));
    if (edit.kind === 'changed') {
      const words = { before: stepWords(before[atA], names), after: stepWords(after[atB], names) };
      told.push(line('code', at, `${who}: its ${ordinal(atB)} step`, words));
    }
    const count = edit.kind === 'keep' ? edit.count : 1;
    if (edit.kind !== 'added') atA += count;
    if (edit.kind !== 'removed') atB += count;
  }
  return told;
}

const sorted = (steps: readonly Json[]): string => steps.map(canonical).toSorted().join('\n');

/** `sets PID-3.4 (Patient Identifier List, Assigning Authority) to "NORTH", only if …`. */
export function stepWords(step: Json | undefined, names: PathNames): string {
  if (!isObject(step)) return shown(step);
  const condition = text(step, 'when').trim();
  return `${deed(step, names)}${condition === '' ? '' : `, only if ${shown(condition)}`}`;
}

function deed(step: JsonObject, names: PathNames): string {
  const place = placeWords(text(step, 'path'), names);
  const value = text(step, 'value');
  switch (text(step, 'do')) {
    case 'set':
      return text(step, 'kind') === 'hl7'
        ? `copies ${placeWords(value, names)} to ${place}`
        : `sets ${place} to ${valueWords(step)}`;
    case 'raw':
      return `writes ${valueWords(step)} as raw text to ${place}`;
    case 'append':
      return `adds ${valueWords(step)} to the list ${place}, unless it is in it`;
    case 'test':
      return `goes on only if ${place} is ${valueWords(step)}`;
    case 'clear':
      return `empties ${place}`;
    case 'null':
      return `sets ${place} to null, which deletes it at the receiver`;
    case 'remove':
      return `removes ${place}`;
    case 'add':
      return `adds a segment ${place} ${value.trim() === '' ? 'at the end' : `behind ${shown(value)}`}`;
    default:
      return shown(step);
  }
}

function valueWords(step: JsonObject): string {
  const value = shown(text(step, 'value'));
  switch (text(step, 'kind')) {
    case 'jsonata':
      return `the expression ${value}`;
    case 'fhirpath':
      return `the FHIRPath ${value}`;
    case 'msg':
      return `msg.${value}`;
    default:
      return `"${value}"`;
  }
}

/** `each OBX-5 (Observation Value)` for `OBX[*]-5`. */
function placeWords(path: string, names: PathNames): string {
  const pattern = placeOf(path);
  if (!pattern) return shown(path);
  const plain = path.replace(/\[(?:\*|new)\]/g, '').trim();
  const named = names(plain);
  const each = path.includes('[*]') ? 'each ' : '';
  const fresh = path.includes('[new]') ? ' in the new segment' : '';
  return `${each}${plain}${named.length > 0 ? ` (${named.join(', ')})` : ''}${fresh}`;
}

const text = (step: JsonObject, key: string): string => {
  const value = field(step, key);
  return typeof value === 'string' ? value : '';
};

export const isSteps = (value: Json | undefined): value is readonly Json[] =>
  isList(value) && value.every((step) => isObject(step) && typeof field(step, 'do') === 'string');
