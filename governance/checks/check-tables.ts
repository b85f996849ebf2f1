/** Every rule table has an owner, a reason (its schema asks for both) and test cases, and they pass. */
import type { LintFinding, RuleTable } from '../../engine/index.ts';
import type { CheckCode } from './errors.ts';
import { finding, type Finding } from './finding.ts';
import { isRecord, parsed, type Subject } from './subject.ts';

const MOST_NAMED = 8;

export async function checkTables(subject: Subject): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const table of subject.definition?.rules.values() ?? []) {
    const file = `rules/${table.name}.json`;
    // A table of _shared is checked with _shared.
    if (!(file in subject.files)) continue;
    found.push(...(await judge(table, parsed(subject.files[file]), { definition: subject.name, file }, subject.now)));
  }
  return found;
}

async function judge(
  table: RuleTable,
  json: unknown,
  where: { readonly definition: string; readonly file: string },
  now: Date,
): Promise<Finding[]> {
  const found: Finding[] = [];
  const tests = await table.runTests({ now });
  if (tests.length === 0) found.push(finding('rule-table-without-tests', where, { table: table.name }));
  for (const { name, ok, difference } of tests)
    if (!ok)
      found.push(finding('rule-test-failed', where, { table: table.name, test: name, difference: difference ?? '' }));
  found.push(...lintOf(table, where, now));
  if (!isRecord(json)) return found;
  const until: unknown = isRecord(json['effective']) ? json['effective']['to'] : null;
  if (typeof until === 'string' && Date.parse(until) < now.getTime() - 86_400_000)
    found.push(finding('rule-table-overdue', where, { table: table.name, date: until }));
  const named = new Set<unknown>([...idsOf(json['tests'], 'row'), ...listsOf(json['tests'], 'rows')]);
  const rows = idsOf(json['rows'], 'id');
  const untested = rows.filter((id) => !named.has(id));
  if (untested.length > 0 && tests.length > 0)
    found.push(
      finding('rule-rows-untested', where, {
        table: table.name,
        count: untested.length,
        rows: rows.length,
        ids: `${untested.slice(0, MOST_NAMED).join(', ')}${untested.length > MOST_NAMED ? ', …' : ''}`,
      }),
    );
  return found;
}

const CODES = {
  gap: 'rule-table-gap',
  'gap-missing': 'rule-table-gap',
  overlap: 'rule-rows-overlap',
  unreachable: 'rule-row-idle',
  'matches-nothing': 'rule-row-idle',
  'not-in-force': 'rule-row-idle',
} as const satisfies Readonly<Record<LintFinding['kind'], CheckCode>>;

/** A few of each kind: what is wrong in one place is often wrong in many. */
function lintOf(
  table: RuleTable,
  where: { readonly definition: string; readonly file: string },
  now: Date,
): readonly Finding[] {
  const { findings, notChecked } = table.lint({ now });
  const byCode = Map.groupBy(findings, ({ kind }) => CODES[kind]);
  return [
    ...[...byCode].flatMap(([code, list]) =>
      list.slice(0, MOST_NAMED).map(({ text }, i) =>
        finding(code, where, {
          table: table.name,
          finding: i === MOST_NAMED - 1 && list.length > MOST_NAMED ? `${text}, and ${list.length - i - 1} more` : text,
        }),
      ),
    ),
    ...notChecked.map((text) => finding('rule-table-not-checked', where, { table: table.name, finding: text })),
  ];
}

function listsOf(list: unknown, key: string): readonly unknown[] {
  return Array.isArray(list)
    ? list.flatMap((one: unknown) => {
        const ids: unknown = isRecord(one) ? one[key] : undefined;
        return Array.isArray(ids) ? (ids as readonly unknown[]) : [];
      })
    : [];
}

function idsOf(list: unknown, key: string): readonly string[] {
  return Array.isArray(list)
    ? list.flatMap((one: unknown) => {
        const id: unknown = isRecord(one) ? one[key] : undefined;
        return typeof id === 'string' ? [id] : [];
      })
    : [];
}
