/** Names of HL7 paths, and what completes one that somebody is typing. */
import { dictionaryOf, suggestPaths, tryPath } from '../../engine/index.ts';
import type { PathAnswer } from './preview-contract.ts';

/** Where neither the sample nor the feed says otherwise. */
export const USUAL_VERSION = '2.5.1';
const MOST = 30;

export function pathAnswer(typed: string, version: string): PathAnswer {
  const suggestions = suggestPaths(typed, dictionaryOf(version), { limit: MOST });
  return { version, suggestions, exact: exactOf(typed, version) };
}

/** `Patient Identifier List, Assigning Authority`; '' where nothing is known. */
export function nameOfPath(path: string, version: string): string {
  return dictionaryOf(version)
    .along(path)
    .map(({ name }) => name)
    .join(', ');
}

function exactOf(typed: string, version: string): PathAnswer['exact'] {
  if (!tryPath(typed)) return null;
  const type = dictionaryOf(version).along(typed).at(-1)?.type ?? '';
  return { path: typed, name: nameOfPath(typed, version), type };
}
