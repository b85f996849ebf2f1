/** Batch files of chapter 2, section 2.10.3: FHS, BHS, messages, BTS, FTS; also plain files of several messages. */
import { readHeader, readTrailer, type BatchHeader, type BatchTrailer } from './batch-envelope.ts';

/** Messages between BHS and BTS, or those of a file that has neither. */
export interface Hl7Batch<Text> {
  /** `null` where the sender left it out. */
  readonly header: BatchHeader | null;
  /** Each exactly as it stands there, with the line end of its last segment. */
  readonly messages: readonly Text[];
  readonly trailer: BatchTrailer | null;
}

export interface Hl7BatchFile<Text> {
  readonly header: BatchHeader | null;
  readonly batches: readonly Hl7Batch<Text>[];
  readonly trailer: BatchTrailer | null;
  /** All that is stated is so: BTS-1 counts the messages of each batch, FTS-1 the batches. */
  readonly agrees: boolean;
}

/**
 * The single messages of a file, each exactly as it stands there, with the line end of its last segment. Header and
 * trailer segments of the batch are left out; text that stands before the first message of a file without one is
 * given as it is, so that it is refused where it can be seen.
 */
export function splitBatch(input: string): string[];
export function splitBatch(input: Uint8Array): Uint8Array[];
export function splitBatch(input: string | Uint8Array): string[] | Uint8Array[] {
  return typeof input === 'string' ? messagesOf(readBatch(input)) : messagesOf(readBatch(input));
}

/** The file with its batches, what their headers say and what their trailers count. Never refuses anything. */
export function readBatch(input: string): Hl7BatchFile<string>;
export function readBatch(input: Uint8Array): Hl7BatchFile<Uint8Array>;
export function readBatch(input: string | Uint8Array): Hl7BatchFile<string> | Hl7BatchFile<Uint8Array> {
  if (typeof input === 'string') return read(input, (from, to) => input.slice(from, to), String);
  // One character a byte, so that positions are the same; segment names and line ends are ASCII in all that we split.
  const buffer = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  const text = (line: string): string => Buffer.from(line, 'latin1').toString('utf8');
  return read(buffer.toString('latin1'), (from, to) => input.subarray(from, to), text);
}

function messagesOf<Text>({ batches }: Hl7BatchFile<Text>): Text[] {
  return batches.flatMap(({ messages }) => messages);
}

interface OpenBatch<Text> {
  header: BatchHeader | null;
  readonly messages: Text[];
  trailer: BatchTrailer | null;
}

function read<Text>(
  text: string,
  cut: (from: number, to: number) => Text,
  readable: (line: string) => string,
): Hl7BatchFile<Text> {
  let header: BatchHeader | null = null;
  let trailer: BatchTrailer | null = null;
  const batches: OpenBatch<Text>[] = [];
  let batch: OpenBatch<Text> | undefined;
  const opened = (): OpenBatch<Text> => {
    if (batch) return batch;
    batch = { header: null, messages: [], trailer: null };
    batches.push(batch);
    return batch;
  };
  for (const { kind, from, to } of pieces(text)) {
    const line = readable(kind === 'message' ? '' : text.slice(from, to));
    switch (kind) {
      case 'message':
        opened().messages.push(cut(from, to));
        break;
      case 'FHS':
        header ??= readHeader(line);
        break;
      case 'BHS':
        batch = undefined;
        opened().header = readHeader(line);
        break;
      case 'BTS':
        opened().trailer = readTrailer(line, batch?.header ?? header);
        batch = undefined;
        break;
      case 'FTS':
        batch = undefined;
        trailer = readTrailer(line, header);
        break;
      default:
        kind satisfies never;
    }
  }
  const asStated = (stated: BatchTrailer | null, real: number): boolean => (stated?.count ?? real) === real;
  const agrees =
    asStated(trailer, batches.length) && batches.every((one) => asStated(one.trailer, one.messages.length));
  return { header, batches, trailer, agrees };
}

interface Piece {
  readonly kind: 'message' | 'FHS' | 'BHS' | 'BTS' | 'FTS';
  readonly from: number;
  readonly to: number;
}

function* pieces(text: string): Generator<Piece> {
  let open: number | undefined;
  let found = 0;
  const closed = (to: number): Piece[] => {
    const from = open;
    open = undefined;
    if (from === undefined || text.slice(from, to).trim() === '') return [];
    found++;
    return [{ kind: 'message', from, to }];
  };
  const lines = /[^\r\n]*(?:\r\n|\r|\n|$)/g;
  let first = true;
  for (let line = lines.exec(text); line && line[0] !== ''; line = lines.exec(text)) {
    const at = line.index;
    const begin = first ? markLength(text) : 0;
    const name = line[0].slice(begin).trimStart().slice(0, 3);
    if (name === 'FHS' || name === 'BHS' || name === 'BTS' || name === 'FTS') {
      yield* closed(at);
      yield { kind: name, from: at + begin, to: at + line[0].length };
    } else if (name === 'MSH') {
      // A mark or an empty line before the first message belongs to it.
      if (!(found === 0 && open !== undefined && bare(text.slice(open, at)))) {
        yield* closed(at);
        open = at;
      }
    } else {
      open ??= at;
    }
    first = false;
  }
  yield* closed(text.length);
}

/** A byte order mark, as one character or as its three bytes read one by one. */
function markLength(text: string): number {
  return text.startsWith('\ufeff') ? 1 : text.startsWith('\u00ef\u00bb\u00bf') ? 3 : 0;
}

function bare(text: string): boolean {
  return text.slice(markLength(text)).trim() === '';
}
