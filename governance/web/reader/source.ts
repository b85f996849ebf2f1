/** What is read: text that was pasted, or the bytes of a file or of a message of the journal. It stays in this page. */
import { LARGEST_OUTLINED } from '../../api/runtime-shapes.ts';

export interface Source {
  /** New for each: content is no key. */
  readonly id: number;
  readonly label: string;
  readonly size: number;
  readonly text?: string;
  readonly bytes?: Uint8Array<ArrayBuffer>;
}

/** What the person can do something about, as `problemOf` shows it. */
export class ReaderError extends Error {
  override readonly name = 'ReaderError';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

const MEGABYTES = LARGEST_OUTLINED / (1024 * 1024);
let last = 0;

/** @throws ReaderError for more than can be read at once */
export function sourceOfText(text: string, label = 'Pasted text'): Source {
  return { id: ++last, label, size: fitting(text.length), text };
}

/** @throws ReaderError */
export function sourceOfBytes(bytes: Uint8Array<ArrayBuffer>, label: string): Source {
  return { id: ++last, label, size: fitting(bytes.length), bytes };
}

/** @throws ReaderError */
export async function sourceOfFile(file: File): Promise<Source> {
  fitting(file.size);
  return sourceOfBytes(new Uint8Array(await file.arrayBuffer()), file.name);
}

function fitting(size: number): number {
  if (size > LARGEST_OUTLINED)
    throw new ReaderError(
      `This is larger than the ${MEGABYTES} MB that the reader takes.`,
      'Cut out the message that you want to look at, or leave out a document that lies in it.',
    );
  return size;
}

/** As the browser calls them. '': as the message says. */
export const CHARSETS = [
  { value: '', label: 'as the message says' },
  { value: 'utf-8', label: 'UTF-8' },
  { value: 'windows-1252', label: 'Western (8859/1)' },
  { value: 'iso-8859-2', label: 'Central European (8859/2)' },
  { value: 'iso-8859-5', label: 'Cyrillic (8859/5)' },
  { value: 'iso-8859-7', label: 'Greek (8859/7)' },
  { value: 'iso-8859-15', label: 'Western with euro (8859/15)' },
  { value: 'shift_jis', label: 'Japanese (Shift JIS)' },
  { value: 'gb18030', label: 'Chinese (GB 18030)' },
  { value: 'utf-16le', label: 'UTF-16' },
] as const;

/** What is sent. Bytes go as they are, unless the person says what they mean. */
export function requestOf(
  { text, bytes }: Source,
  charset: string,
): { readonly text: string } | { readonly bytes: string } {
  if (!bytes) return { text: text ?? '' };
  return charset === '' ? { bytes: base64(bytes) } : { text: new TextDecoder(charset).decode(bytes) };
}

/** What is shown of what cannot be read as a message. */
export function plainText({ text, bytes }: Source, charset: string, most = 200_000): string {
  const decoded = text ?? new TextDecoder(charset === '' ? 'utf-8' : charset).decode(bytes);
  return decoded.replace(/\r\n?/g, '\n').slice(0, most);
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

export function sizeInWords(size: number): string {
  if (size < 1000) return `${size} B`;
  return size < 1_000_000 ? `${(size / 1000).toFixed(1)} KB` : `${(size / 1_000_000).toFixed(1)} MB`;
}
