/** Where the next page of what is held begins. */
export const placeText = (seq: number): string => seq.toString(36);

/** Below all for `undefined`. @throws RangeError for what is none of ours */
export function placeIn(after: string | undefined): number {
  if (after === undefined) return -1;
  const seq = /^[0-9a-z]{1,11}$/.test(after) ? Number.parseInt(after, 36) : Number.NaN;
  if (!Number.isSafeInteger(seq)) throw new RangeError('not a place in a list of what is held');
  return seq;
}
