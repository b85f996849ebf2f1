import { checkFolder } from '../../governance/checks/check-folder.ts';
import { loadCatalogue } from '../../governance/checks/load-catalogue.ts';
import type { Config } from '../../engine/index.ts';
import { boundNames } from '../bound-names.ts';
import { warning, type Finding } from './finding.ts';

/** What flows name and an environment of this machine has no place for: its messages would end as dead letters there. */
export async function checkBound(config: Config, folder: string, now: Date): Promise<readonly Finding[]> {
  const bindings = await boundNames(config);
  const checked = await checkFolder({ folder, catalogue: await loadCatalogue(), bindings, now });
  return checked.flatMap(({ definition, findings }) =>
    findings
      .filter(({ code }) => code === 'name-unbound')
      .map(({ text, remedy }) => warning(`flow ${definition}`, text.replace(/\.$/, ''), remedy)),
  );
}
