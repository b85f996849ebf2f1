/** Times as spans from (inclusive) until (exclusive); unbounded where infinite. Pure. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What both have. */
export function clipped(spans: readonly Span[], to: Span): readonly Span[] {
  return spans
    .map((one) => ({ from: Math.max(one.from, to.from), to: Math.min(one.to, to.to) }))
    .filter((one) => one.from < one.to);
}

export function without(spans: readonly Span[], hole: Span): readonly Span[] {
  return spans.flatMap((one) => {
    if (hole.to <= one.from || one.to <= hole.from) return [one];
    return [
      { from: one.from, to: hole.from },
      { from: hole.to, to: one.to },
    ].filter(({ from, to }) => from < to);
  });
}

/** In order; those that touch or overlap as one. */
export function joined(spans: readonly Span[]): readonly Span[] {
  const all: Span[] = [];
  for (const one of spans.toSorted((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last && one.from <= last.to) all[all.length - 1] = { from: last.from, to: Math.max(last.to, one.to) };
    else all.push(one);
  }
  return all;
}
