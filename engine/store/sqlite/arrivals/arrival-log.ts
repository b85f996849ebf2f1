import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { codeOf } from '../../../base/error-code.ts';
import type { NewWork } from '../../contract/index.ts';
import { storeErrors } from '../errors.ts';
import type { AcceptArgs } from '../write/accept.ts';

/** Messages in the form in which the writer accepts them; positions of bytes are in `bytes`. */
export interface Arrival {
  readonly message: AcceptArgs;
  readonly work: readonly NewWork[];
  readonly resendWindowMs: number;
  readonly bytes: Uint8Array;
}

export interface NumberedArrival extends Arrival {
  readonly number: number;
}

/** The file has this size from the start and is written over: a flush then has no new size to keep, only the pages written. */
const SIZE = 1024 * 1024;
/** Name of the format and life; the arrivals follow on a page of their own. */
const HEADER = 4096;
const FORMAT = 'wardflow arrivals 1\n';
const LIFE = 32;
/** Length of the rest, checksum of the rest; number, lengths of the text, of the body and of the answer. */
const FRAME = 8;
const NUMBERS = 20;
/** Batches above this go the long way. */
const MOST_BYTES = 256 * 1024;

/**
 * A file in which messages are on the disk before they are in the database. Arrivals are numbered without gaps and written
 * one behind the other; where the end is reached, and the database has all of them flushed, from the start again. Each
 * write returns when the disk has it (O_DSYNC), and none is longer than what one batch brings.
 */
export class ArrivalLog {
  readonly #file: number;
  /** What earlier lives have left behind has another. */
  readonly #seed: number;
  readonly #scratch = Buffer.allocUnsafe(MOST_BYTES);
  #end = HEADER;

  private constructor(file: number, seed: number) {
    this.#file = file;
    this.#seed = seed;
  }

  /**
   * Empties the file. `life`: 32 characters, told again to {@link readArrivals}; the database knows it already, and has what the file
   * held, flushed. `undefined`: the file cannot be made or written here.
   */
  static start(path: string, life: string): ArrivalLog | undefined {
    const { O_CREAT, O_DSYNC, O_RDWR } = constants as Partial<typeof constants> &
      Pick<typeof constants, 'O_CREAT' | 'O_RDWR'>;
    if (O_DSYNC === undefined) return undefined;
    let file: number | undefined;
    try {
      // Written over as it is, so that its places on the disk stay; of earlier lives nothing is left in it.
      file = openSync(path, O_RDWR | O_CREAT, 0o600);
      writeWhole(file, new Uint8Array(SIZE), SIZE, 0);
      closeSync(file);
      file = openSync(path, O_RDWR | O_DSYNC);
      const header = Buffer.alloc(HEADER);
      header.write(FORMAT + life, 'latin1');
      writeWhole(file, header, HEADER, 0);
      return new ArrivalLog(file, crc32(life));
    } catch {
      if (file !== undefined) closeSync(file);
      return undefined;
    }
  }

  /** For a batch of any size that is taken at all. */
  get hasRoom(): boolean {
    return this.#end + MOST_BYTES <= SIZE;
  }

  /** From the start again: what stands there is in the database. */
  restart(): void {
    this.#end = HEADER;
  }

  /** As {@link restart}, and nothing can be read from it any more. */
  wipe(): void {
    writeWhole(this.#file, new Uint8Array(SIZE - HEADER), SIZE - HEADER, HEADER);
    this.restart();
  }

  /**
   * Returns when all of them are on the disk; the first has `number`. `false`: they are more than one batch may bring, and none
   * was written. Throws where the disk does not take them. {@link hasRoom} is asked first.
   */
  append(arrivals: readonly Arrival[], number: number): boolean {
    const to = this.#scratch;
    let at = 0;
    for (const [index, { message, work, resendWindowMs, bytes }] of arrivals.entries()) {
      const [bodyFrom, bodyLength] = message.bytesAt;
      const [answerFrom, answerLength] = message.answerAt;
      const rest = at + FRAME;
      const json = JSON.stringify([message, work, resendWindowMs]);
      // A character takes up to three bytes.
      if (rest + NUMBERS + 3 * json.length > to.length) return false;
      const text = to.write(json, rest + NUMBERS, 'utf8');
      let end = rest + NUMBERS + text;
      if (end + bodyLength + answerLength > to.length) return false;
      to.set(bytes.subarray(bodyFrom, bodyFrom + bodyLength), end);
      end += bodyLength;
      to.set(bytes.subarray(answerFrom, answerFrom + answerLength), end);
      end += answerLength;
      to.writeBigUInt64LE(BigInt(number + index), rest);
      to.writeUInt32LE(text, rest + 8);
      to.writeUInt32LE(bodyLength, rest + 12);
      to.writeUInt32LE(answerLength, rest + 16);
      to.writeUInt32LE(end - rest, at);
      to.writeUInt32LE(crc32(to.subarray(rest, end), this.#seed), at + 4);
      at = end;
    }
    writeWhole(this.#file, to, at, this.#end);
    this.#end += at;
    return true;
  }

  close(): void {
    closeSync(this.#file);
  }
}

function writeWhole(file: number, from: Uint8Array, length: number, position: number): void {
  if (writeSync(file, from, 0, length, position) !== length) throw new Error('written in part');
}

/** What a file has from `life`: in order, up to the first that is not whole. None where there is no file; throws where it cannot be read. */
export function readArrivals(path: string, life: string): readonly NumberedArrival[] {
  let file: Buffer;
  try {
    file = readFileSync(path);
  } catch (error) {
    const system = codeOf(error);
    if (system === 'ENOENT') return [];
    throw storeErrors.create('store-folder-unwritable', { path, system }, { cause: error });
  }
  if (file.toString('latin1', 0, FORMAT.length + LIFE) !== FORMAT + life) return [];
  const seed = crc32(life);
  const found: NumberedArrival[] = [];
  let at = HEADER;
  for (;;) {
    const one = arrivalAt(file, at, seed);
    const before = found.at(-1);
    if (!one || (before && one.arrival.number !== before.number + 1)) return found;
    found.push(one.arrival);
    at = one.end;
  }
}

function arrivalAt(
  file: Buffer,
  at: number,
  seed: number,
): { readonly arrival: NumberedArrival; readonly end: number } | undefined {
  const rest = at + FRAME;
  if (rest + NUMBERS > file.length) return undefined;
  const end = rest + file.readUInt32LE(at);
  if (end < rest + NUMBERS || end > file.length) return undefined;
  if (crc32(file.subarray(rest, end), seed) !== file.readUInt32LE(at + 4)) return undefined;
  const text = file.readUInt32LE(rest + 8);
  const bodyLength = file.readUInt32LE(rest + 12);
  const answerLength = file.readUInt32LE(rest + 16);
  const bytesFrom = rest + NUMBERS + text;
  if (bytesFrom + bodyLength + answerLength !== end) return undefined;
  const [message, work, resendWindowMs] = JSON.parse(file.toString('utf8', rest + NUMBERS, bytesFrom)) as [
    AcceptArgs,
    NewWork[],
    number,
  ];
  const arrival = {
    number: Number(file.readBigUInt64LE(rest)),
    // The process that held the bytes is gone.
    message: { ...message, bytesAt: [0, bodyLength], answerAt: [bodyLength, answerLength], held: false } as const,
    work,
    resendWindowMs,
    bytes: file.subarray(bytesFrom, end),
  };
  return { arrival, end };
}
