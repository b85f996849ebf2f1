/** checklists/<name>.json: the parts of a task, some only after others. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import { describeProblems, schemaCheck } from '../base/json-schema.ts';
import type { Checklist } from './definition.ts';
import { durationMs } from './duration.ts';
import type { Problems } from './problem.ts';
import { ABOUT, NAME, text } from './schema-parts.ts';

interface ChecklistFile {
  readonly name: string;
  readonly title?: string;
  readonly owner: { readonly name: string; readonly contact: string };
  readonly items: readonly {
    readonly id: string;
    readonly text: string;
    readonly role?: string;
    readonly due?: string;
    readonly after?: readonly string[];
    readonly compensate?: string;
  }[];
}

const MOST_ITEMS = 100;

const check = schemaCheck<ChecklistFile>({
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'format', 'name', 'owner', 'items'],
  properties: {
    kind: { const: 'checklist' },
    format: { const: 1 },
    ...ABOUT,
    items: {
      type: 'array',
      minItems: 1,
      maxItems: MOST_ITEMS,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['id', 'text'],
        properties: {
          id: NAME,
          text: text(300),
          role: { type: 'string', pattern: '^[\\w][\\w .@-]{0,99}$', description: 'a name' },
          due: text(40),
          after: { type: 'array', maxItems: MOST_ITEMS, uniqueItems: true, items: NAME },
          compensate: text(300),
        },
      },
    },
  },
});

export function readChecklist(json: unknown, name: string, problems: Problems): Checklist | undefined {
  if (!check.accepts(json)) {
    problems.say(describeProblems(check.problems(json)), 'Correct the places named; see docs/reference/formats.md.');
    return undefined;
  }
  if (json.name !== name) problems.say(`has the name "${json.name}"`, `Name it as its file: "${name}".`);
  const ids = new Set<string>();
  const items = json.items.map((item, i) => {
    if (ids.has(item.id)) problems.say(`has the part "${item.id}" twice`, 'Give one of the two another id.');
    ids.add(item.id);
    const dueMs = item.due === undefined ? null : durationMs(item.due);
    if (dueMs === undefined)
      problems.say(`items[${i}].due is not a duration like PT2H`, 'Use days, hours and minutes.');
    const { id, text: words, role = null, after = [], compensate = null } = item;
    return { id, text: words, role, dueMs: dueMs ?? null, after, compensate };
  });
  for (const { id, after } of items)
    for (const other of after)
      if (!ids.has(other))
        problems.say(`the part "${id}" comes after "${other}", which is not in the list`, 'Name a part of this list.');
  const circle = inCircle(items);
  if (circle.length > 0)
    problems.say(
      `the parts ${circle.join(', ')} wait for each other`,
      'Take one "after" out: none could ever be done.',
    );
  const version = createHash('sha256').update(canonicalJson(json)).digest('hex');
  return { name, title: json.title ?? null, version, owner: json.owner, items };
}

/** What is left when, again and again, everything is taken away that waits for nothing that is left. */
function inCircle(items: Checklist['items']): readonly string[] {
  let left = items;
  for (;;) {
    const waitsFor = new Set(left.map(({ id }) => id));
    const rest = left.filter(({ after }) => after.some((other) => waitsFor.has(other)));
    if (rest.length === left.length) return rest.map(({ id }) => id);
    left = rest;
  }
}
