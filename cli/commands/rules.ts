import { loadDefinitions } from '../../engine/index.ts';
import { flowsFolderFor } from '../flows-folder.ts';
import type { Io } from '../io.ts';
import { json, safe } from '../terminal.ts';

/** Runs the tests that rule tables carry. Gives the exit code: 1 when one fails or a table has none. */
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
      tables.push({ definition: definition.name, table: table.name, tests: await table.runTests({ now }) });
    }
  const bad = tables.filter(({ tests }) => tests.length === 0 || tests.some(({ ok }) => !ok));
  if (options.json === true) io.out(json({ ok: bad.length === 0, tables }));
  else
    for (const { definition, table, tests } of tables) {
      const passed = tests.filter(({ ok }) => ok).length;
      io.out(`${definition}/${table}: ${tests.length === 0 ? 'no tests' : `${passed} of ${tests.length} passed`}\n`);
      for (const { name, ok, difference } of tests)
        if (!ok) io.out(`  failed: ${safe(name)}: ${safe(difference ?? '')}\n`);
    }
  return bad.length === 0 ? 0 : 1;
}
