/** Search parameters by name, in their order; a name that comes several times has all of its values (R4 3.1.1.5: all are to be met). */
export function searchParameters(
  given: readonly { readonly name: string; readonly value: string }[],
): Readonly<Record<string, readonly string[]>> {
  const values = new Map<string, readonly string[]>();
  for (const { name, value } of given) values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries(values);
}
