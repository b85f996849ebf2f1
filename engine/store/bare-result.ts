/** Names of what an outcome is found by, with what they hold at most. Nothing else of an outcome outlives the body of its message. */
const PLACES: ReadonlySet<string> = new Set(['id', 'reference', 'etag', 'code']);
const LONGEST = 256;

/**
 * The recorded result of an effect (JSON) without its content, such as the FHIR resource that a server answered with: what is
 * true, false or a number stays, and where to find what was written. Every other value becomes `null`, as for what was never kept.
 */
export function bareResult(result: string): string | null {
  const value: unknown = JSON.parse(result);
  if (typeof value === 'boolean' || typeof value === 'number') return result;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const bare = Object.entries(value).map(([name, one]: [string, unknown]) => [name, isBare(name, one) ? one : null]);
  return JSON.stringify(Object.fromEntries(bare));
}

function isBare(name: string, value: unknown): boolean {
  if (typeof value === 'boolean' || typeof value === 'number') return true;
  return typeof value === 'string' && PLACES.has(name) && value.length <= LONGEST;
}
