import type { RuntimeEntry } from '../api/contract.ts';
import { consoleErrors } from '../errors.ts';

/** A runtime as the console lists it. */
export function entryOf(
  name: string,
  reachable: boolean,
  refused: boolean,
  since: number,
  editor: string | null,
): RuntimeEntry {
  const error = consoleErrors.create(refused ? 'runtime-refused' : 'runtime-unreachable', { runtime: name });
  return {
    name,
    reachable,
    since,
    problem: reachable ? null : { code: error.code, title: error.message, remedy: error.remedy },
    editor,
  };
}
