import { getSearchParameter } from '@medplum/core';

/** Search results and control parameters that the sandbox takes on every type (FHIR R4 3.1.1). */
const ALWAYS = new Set(
  '_id _lastUpdated _count _offset _sort _include _revinclude _total _summary _elements _format _pretty'.split(' '),
);

/**
 * Why a search cannot be answered honestly, or `null`. Medplum's in-memory search answers an unknown parameter, a
 * quantity and `_has` with nothing found, which a flow would take for "there is none".
 */
export function searchProblem(type: string, names: Iterable<string>): string | null {
  for (const name of names) {
    const code = name.split(/[:.]/, 1)[0] ?? name;
    if (ALWAYS.has(code)) continue;
    const parameter = getSearchParameter(type, code);
    if (!parameter) return `unknown search parameter "${code.slice(0, 40)}" for ${type}`;
    if (parameter.type === 'quantity' || parameter.type === 'composite' || parameter.type === 'special') {
      return `search parameter "${code}" (${parameter.type}) is not supported by this sandbox`;
    }
  }
  return null;
}
