/**
 * Values of JSON that nest deeper than anything that is meant: `JSON.parse` reads them, and whatever walks them by calling
 * itself (`JSON.stringify`, copies, comparisons) runs out of stack.
 */

/** FHIR and events nest a few dozens deep. */
export const DEEPEST_JSON = 250;

/** Level by level: walking it may not overflow either. */
export function isTooDeep(value: unknown, most = DEEPEST_JSON): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > most) return true;
    const next: unknown[] = [];
    for (const one of level)
      if (typeof one === 'object' && one !== null)
        for (const child of Object.values(one)) if (typeof child === 'object' && child !== null) next.push(child);
    level = next;
  }
  return false;
}
