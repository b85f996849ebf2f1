/** intent.json: why a flow exists, who answers for it, what holds when it cannot run. */
import { describeProblems, schemaCheck } from '../base/json-schema.ts';
import type { Intent } from './definition.ts';
import { durationMs } from './duration.ts';
import type { Problems } from './problem.ts';

const text = (maxLength = 2000): object => ({ type: 'string', minLength: 1, maxLength });
const object = (required: readonly string[], properties: object): object => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});
const list = (items: object): object => ({ type: 'array', maxItems: 200, items });
const NAME = {
  type: 'string',
  pattern: '^[a-z][a-z0-9-]{0,62}$',
  description: 'a name of small letters, digits and -',
};

const check = schemaCheck<Intent & { readonly runbook: string }>(
  object(
    ['kind', 'format', 'title', 'purpose', 'owner', 'risk', 'feeds', 'endpoints', 'dataUsed', 'runbook', 'reviewBy'],
    {
      kind: { const: 'intent' },
      format: { const: 1 },
      title: text(200),
      purpose: text(),
      owner: object(['name', 'role', 'contact'], { name: text(200), role: text(200), contact: text(200) }),
      risk: { enum: ['low', 'moderate', 'high', 'critical'] },
      serviceLine: text(200),
      feeds: list(NAME),
      endpoints: list(NAME),
      dataUsed: list(object(['what', 'why'], { what: text(200), why: text(500) })),
      sends: {
        type: 'object',
        propertyNames: NAME,
        additionalProperties: {
          type: 'object',
          propertyNames: { type: 'string', pattern: '^[A-Z][A-Za-z]{1,63}$', description: 'a FHIR resource type' },
          additionalProperties: list(text(200)),
        },
      },
      dueByRole: list(
        object(['role', 'due'], {
          role: { type: 'string', pattern: '^[\\w][\\w .@-]{0,99}$', description: 'a name' },
          priority: { enum: ['stat', 'asap', 'urgent', 'routine'] },
          due: text(40),
        }),
      ),
      fallback: object(['when', 'mode', 'queue', 'text'], {
        when: list({
          type: 'string',
          pattern:
            '^(?:endpoint-down:[a-z][a-z0-9-]*:P[0-9A-Z]+|rule-error|incomplete-data|low-confidence:[\\w.]+|operator)$',
          description: 'endpoint-down:<name>:<duration>, rule-error, incomplete-data, low-confidence:<x> or operator',
        }),
        mode: { enum: ['alert-and-task', 'manual-review', 'recommend-only', 'stop'] },
        queue: text(200),
        text: text(),
      }),
      runbook: text(200),
      contactOutOfHours: text(200),
      reviewBy: { type: 'string', format: 'date' },
    },
  ),
);

/** `readme` must have the runbook's heading, since that is where people are sent at night. */
export function readIntent(json: unknown, readme: string, problems: Problems): Intent | undefined {
  if (!check.accepts(json)) {
    problems.say(describeProblems(check.problems(json)), 'Correct the places named; see docs/reference/formats.md.');
    return undefined;
  }
  checkRunbook(json.runbook, readme, problems);
  return isDueSound(json, problems) ? json : undefined;
}

/** Longer than any follow-up. */
const LONGEST_DUE_MS = 400 * 86_400_000;

function isDueSound({ dueByRole = [] }: Intent, problems: Problems): boolean {
  const seen = new Set<string>();
  let sound = true;
  for (const { role, priority = 'any priority', due } of dueByRole) {
    const ms = durationMs(due);
    const wrong =
      ms === undefined || ms <= 0 || ms > LONGEST_DUE_MS
        ? `has in dueByRole for "${role}" the time "${due}", which is no duration up to 400 days`
        : seen.has(`${role}/${priority}`)
          ? `has in dueByRole two times for "${role}", ${priority}`
          : null;
    seen.add(`${role}/${priority}`);
    if (wrong === null) continue;
    problems.say(wrong, 'Give each role and priority one time, such as PT30M or P2D.');
    sound = false;
  }
  return sound;
}

/** Of an intent or of an alert policy. */
export function checkRunbook(runbook: string, readme: string, problems: Problems): void {
  const headings = [...readme.matchAll(/^#{1,6}\s+(.+?)\s*#*\s*$/gm)].map(([, heading]) => heading);
  if (!headings.includes(runbook))
    problems.say(
      `names the runbook "${runbook}", which is no heading of README.md`,
      'Add the heading or name another.',
      'runbook-missing',
    );
}
