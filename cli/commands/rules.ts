import { loadDefinitions, type LintFinding, type RuleLint } from '../../engine/index.ts';
import { flowsFolderFor } from '../flows-folder.ts';
import type { Io } from '../io.ts';
import { json, safe } from '../terminal.ts';

/**
 * Runs the tests that rule tables carry, and says where a table has gaps, overlaps and rows that never decide. Gives the
 * exit code: 1 when a test fails, a table has none, or two rows may match where only one may.
 */
export async function testRules(
  io: Io,
  folder: string | undefined,
  options: { readonly json?: boolean },
): Promise<number> {
  const definitions = await loadDefinitions(await flowsFolderFor(io, folder));
  const now = new Date(io.now());
  const tables = [];
  const seen = new Set<string>();
  for (const definition of definitions.all)
    for (const table of definition.rules.values()) {
      // A shared table is in the definitions that use it, too.
      if (seen.has(table.version)) continue;
      seen.add(table.version);
      const tests = await table.runTests({ now });
      tables.push({ definition: definition.name, table: table.name, tests, lint: table.lint({ now }) });
    }
  const bad = tables.filter(({ tests, lint }) => tests.length === 0 || tests.some(({ ok }) => !ok) || overlaps(lint));
  if (options.json === true) io.out(json({ ok: bad.length === 0, tables }));
  else
    for (const { definition, table, tests, lint } of tables) {
      const passed = tests.filter(({ ok }) => ok).length;
      io.out(`${definition}/${table}: ${tests.length === 0 ? 'no tests' : `${passed} of ${tests.length} passed`}\n`);
      for (const { name, ok, difference } of tests)
        if (!ok) io.out(`  failed: ${safe(name)}: ${safe(difference ?? '')}\n`);
      for (const { kind, text } of lint.findings) io.out(`  ${WORDS[kind]}: ${safe(text)}\n`);
      for (const text of lint.notChecked) io.out(`  not checked: ${safe(text)}\n`);
    }
  return bad.length === 0 ? 0 : 1;
}

const WORDS: Readonly<Record<LintFinding['kind'], string>> = {
  gap: 'gap',
  'gap-missing': 'gap where something is missing',
  overlap: 'overlap',
  unreachable: 'never decides',
  'matches-nothing': 'matches nothing',
  'not-in-force': 'not in force',
};

const overlaps = ({ findings }: RuleLint): boolean => findings.some(({ kind }) => kind === 'overlap');
