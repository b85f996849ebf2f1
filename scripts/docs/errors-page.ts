import { cell, table } from './cell.ts';
import { CATALOGUE } from './parts.ts';

export function errorsPage(): string {
  const parts = CATALOGUE.map(({ title, file, entries }) => {
    const rows = Object.entries(entries)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, entry]) => [`\`${code}\``, entry.class, cell(entry.text), cell(entry.remedy)]);
    return `## ${title}\n\nDeclared in \`${file}\`.\n\n${table(['code', 'class', 'sentence', 'what to do'], rows)}`;
  });
  return `# Errors

Every error has a stable code, a failure class, one sentence and a remedy. \`{name}\` is filled in: with names, codes,
ports and counts, never with a clinical value. The class says what may have happened, and so what may follow:

- \`transient\`: it did not happen; it is tried again
- \`throttled\`: told to wait; it is tried again after that
- \`ambiguous\`: it may have happened; it is looked up before anything is repeated
- \`permanent\`: it will not succeed as it is; a person decides

${parts.join('\n')}`;
}
