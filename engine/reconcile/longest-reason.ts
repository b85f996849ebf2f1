/** Characters of a reason that settles a difference. */
export const LONGEST_REASON = 500;
