/** Where a page of spans goes on: which of the passes over the kind, and behind what. */
export interface SpanPlace {
  readonly pass: number;
  /** Time of the last row; of no meaning where the pass goes by `seq` alone. */
  readonly time: number;
  readonly seq: number;
}

/** Rows come newest first: behind this is everything. */
const START: SpanPlace = { pass: 0, time: Number.MAX_SAFE_INTEGER, seq: Number.MAX_SAFE_INTEGER };

export const startOfPass = (pass: number): SpanPlace => ({ ...START, pass });

/** @throws RangeError for what is none of ours */
export function spanPlace(after: string | undefined, passes: number): SpanPlace {
  if (after === undefined) return START;
  const found = /^(\d)\.(\d{1,16})\.(\d{1,16})$/.exec(after);
  if (!found || Number(found[1]) >= passes) throw new RangeError('not a place in a list of spans');
  return { pass: Number(found[1]), time: Number(found[2]), seq: Number(found[3]) };
}

/** A full page goes on behind its last row, a shorter one with the next pass. */
export function nextSpanPlace(
  pass: number,
  passes: number,
  full: boolean,
  last: { readonly time: number; readonly seq: number } | undefined,
): string | null {
  if (full && last) return placeText({ pass, ...last });
  return pass + 1 < passes ? placeText(startOfPass(pass + 1)) : null;
}

const placeText = ({ pass, time, seq }: SpanPlace): string => `${pass}.${time}.${seq}`;
