import type { AppliedStep } from './apply.ts';

const MOST_NAMED = 8;

/** For the trace: which places were written, never what. */
export function editedNote(done: readonly AppliedStep[]): string {
  if (done.length === 0) return 'No step had anything to change.';
  const named = done
    .slice(0, MOST_NAMED)
    .map(({ path, places }) => (places > 1 ? `${path} and ${places - 1} more` : path));
  const rest = done.length - named.length;
  return `Changed ${named.join(', ')}${rest > 0 ? `, and ${rest} more steps` : ''}.`;
}
