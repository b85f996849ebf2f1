import { dictionaryOf } from './dictionary.ts';

/** The version whose names people know; a place that it lacks has those of 2.7.1. */
const USUAL = '2.5.1';

/** What a place is called where no message says its version: of `PID-3.4` field and component, of `NTE` the segment. */
export function namesAlong(place: string): readonly string[] {
  for (const version of [USUAL, '']) {
    const dictionary = dictionaryOf(version);
    const names = dictionary.along(place).map(({ name }) => name);
    if (names.length > 0) return names;
    const title = /^[A-Z][A-Z0-9]{2}(?:\[\d+\])?$/.test(place)
      ? dictionary.segment(place.slice(0, 3))?.title
      : undefined;
    if (title !== undefined) return [title];
  }
  return [];
}
