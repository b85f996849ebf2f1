/** Names of HL7 paths, and what completes one that somebody is typing. */
import { componentName, fieldCount, fieldName, fieldType, namesOfPath, tryPath } from '../../engine/index.ts';
import type { PathSuggestion } from '../../engine/index.ts';
import type { PathAnswer } from './preview-contract.ts';

/** Where neither the sample nor the feed says otherwise. */
export const USUAL_VERSION = '2.5.1';
const MOST = 30;

export function pathAnswer(typed: string, version: string): PathAnswer {
  return { version, suggestions: suggestionsFor(typed), exact: exactOf(typed) };
}

/** `Patient Identifier List, Assigning Authority`; '' where nothing is known. */
export function nameOfPath(path: string, _version: string): string {
  return namesOfPath(path).join(', ');
}

function exactOf(typed: string): PathAnswer['exact'] {
  const path = tryPath(typed);
  return path
    ? { path: typed, name: namesOfPath(typed).join(', '), type: fieldType(path.segment, path.field) ?? '' }
    : null;
}

function suggestionsFor(typed: string): readonly PathSuggestion[] {
  const [, segment = '', number = ''] = /^([A-Z][A-Z0-9]{2})-?(\d*)$/.exec(typed.toUpperCase()) ?? [];
  if (segment === '') return [];
  const all: PathSuggestion[] = [];
  for (let field = 1; field <= fieldCount(segment) && all.length < MOST; field++) {
    if (!String(field).startsWith(number)) continue;
    const name = fieldName(segment, field);
    if (name === undefined) continue;
    const deeper = componentName(segment, field, 1) !== undefined;
    all.push({ path: `${segment}-${field}`, name, type: fieldType(segment, field) ?? '', deeper });
  }
  return all;
}
