/** What people need when it does not run: a runbook that says something, a fallback, a review that is not overdue. */
import { finding, type Finding } from './finding.ts';
import { SHARED, textOf, type Subject } from './subject.ts';

export function checkIntent({ name, files, intent, now }: Subject): Finding[] {
  if (Object.keys(intent).length === 0) return [];
  const found: Finding[] = [];
  const where = { definition: name, file: 'intent.json' };
  // _shared has no flow of its own that could stand still.
  if (name !== SHARED && intent['fallback'] === undefined)
    found.push(finding('fallback-missing', where, {}, isGrave(intent['risk']) ? 'error' : 'warning'));
  const reviewBy = textOf(intent['reviewBy']);
  if (reviewBy !== '' && Date.parse(reviewBy) + 86_400_000 < now.getTime())
    found.push(finding('review-overdue', where, { date: reviewBy }));
  const heading = textOf(intent['runbook']);
  const says = sectionOf(files['README.md'] ?? '', heading);
  if (says !== undefined && says.trim() === '')
    found.push(finding('runbook-empty', { definition: name, file: 'README.md' }, { heading }));
  return found;
}

const isGrave = (risk: unknown): boolean => risk === 'high' || risk === 'critical';

/** The text below a heading, up to the next one of its rank; `undefined`: there is no such heading. */
function sectionOf(markdown: string, heading: string): string | undefined {
  const lines = markdown.split('\n');
  const start = lines.findIndex((line) => /^#{1,6}\s+(.+?)\s*#*\s*$/.exec(line)?.[1] === heading);
  if (start < 0) return undefined;
  const rank = /^#+/.exec(lines[start] ?? '')?.[0].length ?? 1;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => (/^(#{1,6})\s/.exec(line)?.[1]?.length ?? 7) <= rank);
  return rest.slice(0, end < 0 ? rest.length : end).join('\n');
}
