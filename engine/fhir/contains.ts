/** Whether all of `ours` is there. Servers add to what they are given (ids of elements, displays): that is no difference. */
export function contains(current: unknown, ours: unknown): boolean {
  if (Array.isArray(ours))
    return (
      Array.isArray(current) && current.length === ours.length && ours.every((one, i) => contains(current[i], one))
    );
  if (typeof ours !== 'object' || ours === null) return Object.is(current, ours) || sameInstant(current, ours);
  if (typeof current !== 'object' || current === null) return false;
  const there = current as Readonly<Record<string, unknown>>;
  return Object.entries(ours).every(([name, value]) => contains(there[name], value));
}

/** A server may write the same moment in another zone. */
function sameInstant(current: unknown, ours: unknown): boolean {
  if (typeof current !== 'string' || typeof ours !== 'string' || !/^\d{4}-\d\d-\d\dT/.test(ours)) return false;
  return Date.parse(current) === Date.parse(ours);
}
