/** Batch files of chapter 2, section 2.10.3: FHS, BHS, messages, BTS, FTS; also plain files of several messages. */

const FRAME = new Set(['FHS', 'BHS', 'BTS', 'FTS']);

/**
 * The single messages of a file, each exactly as it stands there, with the line end of its last segment. Header and
 * trailer segments of the batch are left out; text that stands before the first message of a file without one is
 * given as it is, so that it is refused where it can be seen.
 */
export function splitBatch(input: string): string[];
export function splitBatch(input: Uint8Array): Uint8Array[];
export function splitBatch(input: string | Uint8Array): string[] | Uint8Array[] {
  if (typeof input === 'string') return spans(input).map(([from, to]) => input.slice(from, to));
  // One character a byte, so that positions are the same; segment names and line ends are ASCII in all that we split.
  const buffer = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  return spans(buffer.toString('latin1')).map(([from, to]) => input.subarray(from, to));
}

function spans(text: string): [number, number][] {
  const found: [number, number][] = [];
  let open: number | undefined;
  const close = (at: number): void => {
    if (open !== undefined && text.slice(open, at).trim() !== '') found.push([open, at]);
    open = undefined;
  };
  const lines = /[^\r\n]*(?:\r\n|\r|\n|$)/g;
  let first = true;
  for (let line = lines.exec(text); line && line[0] !== ''; line = lines.exec(text)) {
    const at = line.index;
    const name = line[0]
      .slice(first ? markLength(text) : 0)
      .trimStart()
      .slice(0, 3);
    if (FRAME.has(name)) {
      close(at);
    } else if (name === 'MSH') {
      // A mark or an empty line before the first message belongs to it.
      if (!(found.length === 0 && open !== undefined && bare(text.slice(open, at)))) {
        close(at);
        open = at;
      }
    } else {
      open ??= at;
    }
    first = false;
  }
  close(text.length);
  return found;
}

/** A byte order mark, as one character or as its three bytes read one by one. */
function markLength(text: string): number {
  return text.startsWith('\ufeff') ? 1 : text.startsWith('\u00ef\u00bb\u00bf') ? 3 : 0;
}

function bare(text: string): boolean {
  return text.slice(markLength(text)).trim() === '';
}
