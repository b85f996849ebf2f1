import type { DifferenceList } from '../../api/runtime-shapes.ts';

type Difference = DifferenceList['differences'][number];

export const placeOf = ({ resourceType, resourceId }: Difference): string =>
  resourceId === null ? resourceType : `${resourceType}/${resourceId}`;

/** What was found, for people. */
export function foundSentence({ found, copies, foundVersion, wroteVersion }: Difference): string {
  if (found !== 'differs') return SENTENCES[found](copies);
  return foundVersion === null || foundVersion === wroteVersion
    ? 'Its content is not what was written.'
    : `The server went back to version ${foundVersion}; version ${wroteVersion ?? '?'} was written.`;
}

const SENTENCES: Readonly<Record<Exclude<Difference['found'], 'differs'>, (copies: number | null) => string>> = {
  missing: () => 'It is not there any more.',
  duplicate: (copies) => (copies === 2 ? 'It is there twice.' : `It is there ${copies ?? 'several'} times.`),
  changed: () => 'Others have changed it since.',
  'as-written': () => 'As it was written.',
};
