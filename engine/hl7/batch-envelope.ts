/** The header and trailer segments of a batch file (chapter 2, sections 2.14.2, 2.14.3, 2.14.6 and 2.14.7) as plain data. */
import { Hl7Source } from './source.ts';

export interface BatchHeader {
  readonly sender: { readonly application: string; readonly facility: string };
  readonly receiver: { readonly application: string; readonly facility: string };
  /** When it was made, as stated: `20260105081500+0000`. */
  readonly time: string;
  /** Name of the file or batch. */
  readonly id: string;
  readonly comment: string;
  readonly controlId: string;
  /** Control id of the file or batch that this one answers. */
  readonly reference: string;
  /** The segment as it stands, without its line end. */
  readonly text: string;
}

export interface BatchTrailer {
  /** Messages of the batch (BTS-1) or batches of the file (FTS-1) as stated; `null` where no number stands there. */
  readonly count: number | null;
  readonly comment: string;
  readonly text: string;
}

/** Fields have the same numbers in FHS and BHS. What cannot be read is empty. */
export function readHeader(line: string): BatchHeader {
  const text = line.trim();
  // They are built as MSH is, with the separators in fields 1 and 2.
  const source = sourceOf(`MSH${text.slice(3)}`);
  const get = (field: number): string => source?.read(0, field, 1, 1, 1) ?? '';
  return {
    sender: { application: get(3), facility: get(4) },
    receiver: { application: get(5), facility: get(6) },
    time: get(7),
    id: get(9),
    comment: get(10),
    controlId: get(11),
    reference: get(12),
    text: text.toWellFormed(),
  };
}

/** `header`: of the same batch or file, which states the separators. */
export function readTrailer(line: string, header: BatchHeader | null): BatchTrailer {
  const text = line.trim();
  const separator = text.charAt(3);
  const encoding = header?.text.charAt(3) === separator ? header.text.slice(4).split(separator, 1)[0] : '^~\\&';
  const source = sourceOf(`MSH${separator}${encoding}\r${text}`);
  const get = (field: number): string => source?.read(1, field, 1, 1, 1) ?? '';
  const count = get(1).trim();
  return { count: /^\d{1,9}$/.test(count) ? Number(count) : null, comment: get(2), text: text.toWellFormed() };
}

function sourceOf(text: string): Hl7Source | undefined {
  try {
    return new Hl7Source(text);
  } catch {
    return undefined;
  }
}
