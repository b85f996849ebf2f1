import { definitionSet, readDefinitions } from '../../engine/index.ts';
import { ok, warning, wrong, type Finding } from './finding.ts';

export async function checkDefinitions(flowsFolder: string, now: Date): Promise<readonly Finding[]> {
  const { definitions, problems } = await readDefinitions(flowsFolder);
  const findings: Finding[] = problems.map(({ file, text, remedy }) => wrong('definitions', `${file} ${text}`, remedy));
  const set = definitionSet(definitions);
  if (set.all.length === 0 && problems.length === 0)
    findings.push(
      warning('definitions', `there are none in ${flowsFolder}`, 'Set WARDFLOW_FLOWS to the folder of definitions.'),
    );
  if (set.all.length > 0) findings.push(ok('definitions', `${set.all.length} in ${flowsFolder}`));
  const seen = new Set<string>();
  for (const definition of set.all)
    for (const table of definition.rules.values()) {
      if (seen.has(table.version)) continue;
      seen.add(table.version);
      const tests = await table.runTests({ now });
      const about = `rule table ${definition.name}/${table.name}`;
      if (tests.length === 0)
        findings.push(warning(about, 'has no tests', 'Ask its owner for examples to test it with.'));
      else if (tests.every((test) => test.ok)) findings.push(ok(about, `${tests.length} tests pass`));
      for (const { name, difference } of tests.filter((test) => !test.ok))
        findings.push(
          wrong(
            about,
            `the test "${name}" fails: ${difference ?? ''}`,
            'Correct the table or the test with its owner.',
          ),
        );
    }
  return findings;
}
