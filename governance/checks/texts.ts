/** Deeper than what the loader takes (200), so that nothing it takes can hide below. */
const DEEPEST = 210;

/** Every text in a piece of JSON, with the place where it is: `rules[2].to`. */
export function* textsIn(
  value: unknown,
  place = '',
  depth = 0,
): Iterable<{ readonly place: string; readonly key: string; readonly text: string }> {
  if (depth > DEEPEST) return;
  if (typeof value === 'string') yield { place, key: place.split('.').at(-1) ?? '', text: value };
  else if (Array.isArray(value)) {
    for (const [i, one] of value.entries()) yield* textsIn(one, `${place}[${i}]`, depth + 1);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, one] of Object.entries(value))
      yield* textsIn(one, place === '' ? key : `${place}.${key}`, depth + 1);
  }
}
