/** What people need when it does not run: a runbook that says something, a fallback, a review that is not overdue. */
import { finding, type Finding } from './finding.ts';
import { isRecord, SHARED, textOf, type Subject } from './subject.ts';

export function checkIntent(subject: Subject): Finding[] {
  const { name, files, intent, now } = subject;
  if (Object.keys(intent).length === 0) return [];
  const found: Finding[] = [];
  const where = { definition: name, file: 'intent.json' };
  // _shared has no flow of its own that could stand still.
  if (name !== SHARED && intent['fallback'] === undefined)
    found.push(finding('fallback-missing', where, {}, isGrave(intent['risk']) ? 'error' : 'warning'));
  found.push(...idleTriggers(subject).map((trigger) => finding('fallback-trigger-idle', where, { trigger })));
  if (holdsPatients(subject) && !occasionsOf(intent).includes('incomplete-data'))
    found.push(finding('doubt-not-held', where, {}));
  found.push(...idleDueRoles(subject).map((role) => finding('due-role-idle', where, { role })));
  const reviewBy = textOf(intent['reviewBy']);
  if (reviewBy !== '' && Date.parse(reviewBy) + 86_400_000 < now.getTime())
    found.push(finding('review-overdue', where, { date: reviewBy }));
  const heading = textOf(intent['runbook']);
  const says = sectionOf(files['README.md'] ?? '', heading);
  if (says !== undefined && says.trim() === '')
    found.push(finding('runbook-empty', { definition: name, file: 'README.md' }, { heading }));
  return found;
}

/** Occasions that can never come: an endpoint that is none of its own, a doubt that no rule table can raise. */
function idleTriggers(subject: Subject): readonly string[] {
  const { intent, nodes } = subject;
  const { endpoints } = intent;
  const decides = nodes.some(({ type, d }) => type === 'rule table' && d !== true);
  return occasionsOf(intent).filter((trigger) => {
    if (trigger === 'incomplete-data' && holdsPatients(subject)) return false;
    const [kind = '', endpoint = ''] = trigger.split(':');
    if (kind === 'endpoint-down') return !(Array.isArray(endpoints) && endpoints.includes(endpoint));
    return DOUBTS.has(kind) && !decides;
  });
}

function occasionsOf({ fallback }: Subject['intent']): readonly string[] {
  const when = isRecord(fallback) ? fallback['when'] : undefined;
  return Array.isArray(when) ? when.map(textOf) : [];
}

/** Whether a message waits for whoever says who its patient is. */
const holdsPatients = ({ definition, nodes }: Subject): boolean =>
  definition?.identity?.unsure === 'hold' && nodes.some(({ type, d }) => KNOWS_PATIENTS.has(type) && d !== true);

const KNOWS_PATIENTS = new Set(['hl7 in', 'fhir subscription in']);

/** Roles of `dueByRole` that no node, table, ladder or checklist names: a task that is handed to them by people alone has no need of a line. */
function idleDueRoles({ intent, files }: Subject): readonly string[] {
  const { dueByRole } = intent;
  const roles = (Array.isArray(dueByRole) ? dueByRole : []).map((one: unknown) =>
    isRecord(one) ? textOf(one['role']) : '',
  );
  const others = Object.entries(files).filter(
    ([path]) => path === 'flow.json' || /^(?:rules|ladders|checklists|alerts)\//.test(path),
  );
  return [...new Set(roles)].filter((role) => role !== '' && !others.some(([, content]) => content.includes(role)));
}

const DOUBTS = new Set(['rule-error', 'incomplete-data', 'low-confidence']);

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
