/** Text compared line by line. A line keeps its ending, so that putting the lines together again gives the very text. */
import { editScript } from './edit-script.ts';

export type LineEdit =
  | { readonly kind: 'keep'; readonly count: number }
  | { readonly kind: 'cut'; readonly lines: readonly string[] }
  | { readonly kind: 'put'; readonly lines: readonly string[] };

export interface ShownLine {
  readonly sign: ' ' | '-' | '+';
  /** Without its ending. */
  readonly text: string;
  /** Line numbers from 1; absent on the side where the line is not. */
  readonly before?: number;
  readonly after?: number;
}

const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+/g) ?? [];

export function diffLines(before: string, after: string): readonly LineEdit[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  let [atA, atB] = [0, 0];
  return editScript(a, b).map(({ kind, count }): LineEdit => {
    if (kind === 'cut') return { kind, lines: a.slice(atA, (atA += count)) };
    const lines = b.slice(atB, (atB += count));
    if (kind === 'put') return { kind, lines };
    atA += count;
    return { kind, count };
  });
}

export function applyLines(before: string, edits: readonly LineEdit[]): string {
  const a = linesOf(before);
  let at = 0;
  return edits
    .flatMap((edit) => {
      if (edit.kind === 'put') return edit.lines;
      const from = at;
      at += edit.kind === 'keep' ? edit.count : edit.lines.length;
      return edit.kind === 'keep' ? a.slice(from, at) : [];
    })
    .join('');
}

/** How many lines differ, as people count: a line that was replaced is one. */
export function changedLineCount(edits: readonly LineEdit[]): number {
  let [count, cut] = [0, 0];
  for (const edit of edits) {
    if (edit.kind === 'cut') cut = edit.lines.length;
    if (edit.kind === 'put') {
      count += Math.max(cut, edit.lines.length);
      cut = 0;
    }
    if (edit.kind === 'keep') {
      count += cut;
      cut = 0;
    }
  }
  return count + cut;
}

/** The changed lines with `context` unchanged ones around them; a gap between two parts is `null`. */
export function shownLines(before: string, edits: readonly LineEdit[], context = 3): readonly (ShownLine | null)[] {
  const a = linesOf(before);
  const shown: (ShownLine | null)[] = [];
  let [atA, atB] = [0, 0];
  edits.forEach((edit, i) => {
    if (edit.kind === 'cut') for (const line of edit.lines) shown.push({ sign: '-', text: plain(line), before: ++atA });
    else if (edit.kind === 'put')
      for (const line of edit.lines) shown.push({ sign: '+', text: plain(line), after: ++atB });
    else {
      const head = i === 0 ? 0 : context;
      const tail = i === edits.length - 1 ? 0 : context;
      for (let n = 0; n < edit.count; n++) {
        atA++;
        atB++;
        if (n < head || n >= edit.count - tail)
          shown.push({ sign: ' ', text: plain(a[atA - 1] ?? ''), before: atA, after: atB });
        else if (n === head) shown.push(null);
      }
    }
  });
  return shown;
}

const plain = (line: string): string => line.replace(/\r?\n$/, '');
