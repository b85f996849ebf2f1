/**
 * A page ends between two moments, not within one: `before` would leave out the rest of it. Newest first. Gives what the page
 * shows, and `before` of the next; of a moment with more than a page only one page is shown.
 */
export function cutAtTies<Row>(
  page: readonly Row[],
  limit: number,
  atOf: (row: Row) => number,
): readonly [readonly Row[], number | null] {
  const last = page.at(-1);
  if (!last || page.length < limit) return [page, null];
  const at = atOf(last);
  const whole = page.filter((row) => atOf(row) > at);
  return whole.length === 0 ? [page, at] : [whole, at + 1];
}
