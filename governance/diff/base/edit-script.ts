/**
 * The shortest way from one sequence to another (E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986).
 * Own, since a hundred lines need no dependency, and bounded, since what is compared may be hostile: beyond `MOST_EDITS`
 * the rest between the common beginning and the common end counts as replaced, which is right, only not the shortest.
 */

export type Edit = { readonly kind: 'keep' | 'cut' | 'put'; readonly count: number };

const MOST_EDITS = 1_000;

/** `cut` takes items of `a` away, `put` takes the next ones of `b`; within a change the cut comes first. */
export function editScript(a: readonly string[], b: readonly string[]): readonly Edit[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let [endA, endB] = [a.length, b.length];
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--;
    endB--;
  }
  const middle = shortest(a.slice(start, endA), b.slice(start, endB));
  return joined([{ kind: 'keep', count: start }, ...middle, { kind: 'keep', count: a.length - endA }]);
}

function shortest(a: readonly string[], b: readonly string[]): readonly Edit[] {
  const replaced: readonly Edit[] = [
    { kind: 'cut', count: a.length },
    { kind: 'put', count: b.length },
  ];
  if (a.length === 0 || b.length === 0) return replaced;
  const most = Math.min(a.length + b.length, MOST_EDITS);
  const furthest = new Int32Array(2 * most + 3);
  const trace: Int32Array[] = [];
  for (let d = 0; d <= most; d++) {
    trace.push(furthest.slice(most + 1 - d, most + 2 + d));
    for (let k = -d; k <= d; k += 2) {
      const at = most + 1 + k;
      const down = k === -d || (k !== d && (furthest[at - 1] ?? 0) < (furthest[at + 1] ?? 0));
      let x = down ? (furthest[at + 1] ?? 0) : (furthest[at - 1] ?? 0) + 1;
      let y = x - k;
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x++;
        y++;
      }
      furthest[at] = x;
      if (x >= a.length && y >= b.length) return walkBack(trace, a.length, b.length);
    }
  }
  return replaced;
}

/** `trace[d]` holds how far each diagonal of `-d..d` came before step `d`. */
function walkBack(trace: readonly Int32Array[], lengthA: number, lengthB: number): readonly Edit[] {
  const edits: Edit[] = [];
  let [x, y] = [lengthA, lengthB];
  for (let d = trace.length - 1; d > 0; d--) {
    const furthest = (k: number): number => trace[d]?.[k + d] ?? 0;
    const k = x - y;
    const down = k === -d || (k !== d && furthest(k - 1) < furthest(k + 1));
    const fromX = down ? furthest(k + 1) : furthest(k - 1);
    const fromY = fromX - (down ? k + 1 : k - 1);
    const kept = down ? x - fromX : x - fromX - 1;
    edits.push({ kind: 'keep', count: kept }, { kind: down ? 'put' : 'cut', count: 1 });
    [x, y] = [fromX, fromY];
  }
  edits.push({ kind: 'keep', count: x });
  return edits.toReversed();
}

function joined(edits: readonly Edit[]): readonly Edit[] {
  const out: Edit[] = [];
  let [cut, put] = [0, 0];
  const flush = (): void => {
    if (cut > 0) out.push({ kind: 'cut', count: cut });
    if (put > 0) out.push({ kind: 'put', count: put });
    [cut, put] = [0, 0];
  };
  for (const { kind, count } of edits) {
    if (count === 0) continue;
    if (kind === 'cut') cut += count;
    else if (kind === 'put') put += count;
    else {
      flush();
      const last = out.at(-1);
      if (last?.kind === 'keep') out[out.length - 1] = { kind, count: last.count + count };
      else out.push({ kind, count });
    }
  }
  flush();
  return out;
}
