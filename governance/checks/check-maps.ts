/** Code maps that no value goes through: whoever changes one thinks that something follows. */
import { mapsUsedBy } from '../../engine/index.ts';
import { finding, type Finding } from './finding.ts';
import type { Subject } from './subject.ts';

export function checkMaps({ files, name: definition, definition: loaded }: Subject): Finding[] {
  if (!loaded) return [];
  const used = mapsUsedBy(loaded.mappings.values());
  return Object.keys(files).flatMap((file) => {
    const [, map] = /^maps\/(.+)\.json$/.exec(file) ?? [];
    return map === undefined || used.has(map) ? [] : [finding('map-unused', { definition, file }, { map })];
  });
}
