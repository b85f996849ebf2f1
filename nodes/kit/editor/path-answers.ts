/** Names and completions of HL7 paths, asked once for each text that was typed while the editor is open. */
import type { PathAnswer } from '../../../runtime/editor-api/preview-contract.ts';
import { askRuntime } from './ask-runtime.ts';

const MOST = 300;
const known = new Map<string, Promise<PathAnswer>>();

/** @param version MSH-12; `null`: the usual one */
export function pathAnswer(typed: string, version: string | null): Promise<PathAnswer> {
  const query = new URLSearchParams({ typed, ...(version === null ? {} : { version }) }).toString();
  const answer = known.get(query) ?? askRuntime<PathAnswer>(`hl7/paths?${query}`);
  known.delete(query);
  known.set(query, answer);
  if (known.size > MOST) known.delete(known.keys().next().value ?? '');
  answer.catch(() => known.delete(query));
  return answer;
}
