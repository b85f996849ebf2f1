/** mappings/<name>.json and maps/<name>.json of a definition, and both put together. */
import { describeProblems } from '../base/json-schema.ts';
import { readCodeMap, type CodeMap } from '../events/to-fhir/code-map.ts';
import { createConverter, type Converter } from '../events/to-fhir/converter.ts';
import { readMapping, type Mapping } from '../events/to-fhir/mapping-file.ts';
import type { Definition } from './definition.ts';
import type { Problems } from './problem.ts';

const REMEDY = 'Correct the places named; see docs/reference/formats.md.';

export function readMap(json: unknown, name: string, problems: Problems): CodeMap | undefined {
  const { map, problems: found } = readCodeMap(json, name);
  if (found.length > 0) problems.say(describeProblems(found), REMEDY);
  return map;
}

export function readMappingFile(json: unknown, name: string, problems: Problems): Mapping | undefined {
  const { mapping, problems: found } = readMapping(json, name);
  if (found.length > 0) problems.say(describeProblems(found), REMEDY);
  return mapping;
}

/** The shared converter serves as it is where a definition has nothing of its own. */
export function compileParts(
  parts: { readonly maps: ReadonlyMap<string, CodeMap>; readonly mappings: ReadonlyMap<string, Mapping> },
  shared: Definition | undefined,
  problems: Problems,
): Converter {
  if (shared && parts.maps.size === shared.maps.size && parts.mappings.size === shared.mappings.size)
    return shared.converter;
  sayTwice(parts.mappings, shared, problems);
  const { converter, problems: found } = createConverter(parts);
  const most = 20;
  for (const { mapping, place, what } of found.slice(0, most))
    problems.in(`mappings/${mapping}.json`).say(`${place} ${what}`, REMEDY);
  return converter;
}

/** Of two mappings for one type in one place it would be open which one converts. A shared one makes room for the definition's. */
function sayTwice(mappings: ReadonlyMap<string, Mapping>, shared: Definition | undefined, problems: Problems): void {
  const first = new Map<string, string>();
  for (const { name, file } of mappings.values()) {
    if (shared?.mappings.has(name)) continue;
    for (const source of file.source ?? []) {
      const other = first.get(source);
      if (other === undefined) first.set(source, name);
      else
        problems
          .in(`mappings/${name}.json`)
          .say(`is for ${source}, which the mapping "${other}" is for, too`, 'Take the type out of one of the two.');
    }
  }
}
