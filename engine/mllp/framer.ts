/**
 * MLLP (HL7 v2 transport specification, minimal lower layer protocol, release 1): 0B content 1C 0D.
 *
 * A push parser: bytes come as TCP cuts them, what is found comes back in order. One bad frame never takes its
 * neighbours along: it is reported by itself, and the next start block begins afresh.
 */
import { FramePieces } from './frame-pieces.ts';

export type Framed =
  | { readonly kind: 'frame'; readonly bytes: Uint8Array }
  /** `bytes`: what there is of it, at most `keepOfBroken`. */
  | { readonly kind: 'too-large' | 'unterminated'; readonly bytes: Uint8Array }
  /** Bytes outside any frame, other than line ends; they are not kept. */
  | { readonly kind: 'junk'; readonly size: number };

export interface FramerLimits {
  /** Largest content of a frame, in bytes. */
  readonly maxFrameBytes: number;
  /** How much of a frame over the limit is reported. */
  readonly keepOfBroken: number;
}

export const DEFAULT_FRAMER_LIMITS: FramerLimits = { maxFrameBytes: 32 * 1024 * 1024, keepOfBroken: 64 * 1024 };

export const START = 0x0b;
export const END = 0x1c;
const CR = 0x0d;
const LF = 0x0a;
const MSH = [0x4d, 0x53, 0x48];
const NONE = Buffer.alloc(0);

/** Chunks are kept while a frame in them is unfinished: whoever pushes one leaves it alone afterwards. */
export class MllpFramer {
  readonly #limits: FramerLimits;
  readonly #pieces = new FramePieces();
  #state: 'between' | 'inside' | 'skipping' = 'between';
  #begun = 0;
  /** Up to four bytes that mean nothing before the next chunk comes (a split end block, a start block in a frame). */
  #carry: Buffer = NONE;
  /** The next start block in the data at hand, so that it is looked for once: behind all where there is none. */
  #nextStart = 0;

  constructor(limits: Partial<FramerLimits> = {}) {
    this.#limits = { ...DEFAULT_FRAMER_LIMITS, ...limits };
  }

  /** Nothing of a frame is pending. */
  get idle(): boolean {
    return this.#state === 'between';
  }

  /** Frames begun so far: another number, another frame. */
  get begun(): number {
    return this.#begun;
  }

  /** Memory that the unfinished frame takes, in bytes. */
  get pending(): number {
    return this.#pieces.held;
  }

  push(chunk: Uint8Array): Framed[] {
    const arrived = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const data = this.#carry.length > 0 ? Buffer.concat([this.#carry, arrived]) : arrived;
    this.#carry = NONE;
    this.#nextStart = -1;
    const found: Framed[] = [];
    let at = 0;
    while (at < data.length) {
      at = this.#state === 'between' ? this.#between(data, at, found) : this.#inside(data, at, found);
    }
    return found;
  }

  /** The peer has closed: a frame that lacks only the last byte of its end block counts, a cut one does not. */
  end(): Framed[] {
    const complete = this.#state === 'inside' && this.#carry.length === 1 && this.#carry[0] === END;
    const found: Framed[] = complete ? [{ kind: 'frame', bytes: this.#pieces.take(NONE) }] : [];
    this.#reset('between');
    return found;
  }

  /** Where the first start block at or behind `from` is, or the length of the data. */
  #startFrom(data: Buffer, from: number): number {
    if (this.#nextStart < from) {
      const next = data.indexOf(START, from);
      this.#nextStart = next < 0 ? data.length : next;
    }
    return this.#nextStart;
  }

  #between(data: Buffer, from: number, found: Framed[]): number {
    const start = this.#startFrom(data, from);
    let junk = 0;
    for (let i = from; i < start; i++) if (data[i] !== CR && data[i] !== LF) junk++;
    if (junk > 0) found.push({ kind: 'junk', size: junk });
    if (start === data.length) return start;
    this.#reset('inside');
    return start + 1;
  }

  #inside(data: Buffer, from: number, found: Framed[]): number {
    let at = from;
    for (;;) {
      const end = data.indexOf(END, at);
      const to = end < 0 ? data.length : end;
      const start = this.#messageInside(data, at, to);
      if (start >= 0) return this.#interrupted(data, from, start, found);
      if (end < 0) {
        this.#append(from === 0 ? data : data.subarray(from), found);
        return data.length;
      }
      if (end + 1 === data.length) {
        this.#append(data.subarray(from, end), found);
        this.#carry = data.subarray(end);
        return data.length;
      }
      const next = data[end + 1];
      if (next === CR || next === START) {
        this.#complete(data.subarray(from, end), found);
        // Some senders leave the CR out: the start block of the next frame then ends this one as well.
        return next === CR ? end + 2 : end + 1;
      }
      at = end + 1;
    }
  }

  /** A start block inside a frame is text (word processors write 0B for a soft line break) unless MSH follows it. */
  #messageInside(data: Buffer, from: number, to: number): number {
    for (let at = this.#startFrom(data, from); at < to; at = this.#startFrom(data, at + 1)) {
      if (mayBeMsh(data, at + 1)) return at;
    }
    return -1;
  }

  #interrupted(data: Buffer, from: number, start: number, found: Framed[]): number {
    if (start + 4 > data.length) {
      this.#append(data.subarray(from, start), found);
      this.#carry = data.subarray(start);
      return data.length;
    }
    // Without which it would count as unterminated or as too large by where TCP cut it.
    this.#append(data.subarray(from, start), found);
    if (this.#state === 'inside') {
      found.push({ kind: 'unterminated', bytes: this.#pieces.head(this.#limits.keepOfBroken) });
    }
    this.#reset('inside');
    return start + 1;
  }

  #complete(rest: Buffer, found: Framed[]): void {
    if (this.#state === 'inside') {
      if (this.#pieces.size + rest.length > this.#limits.maxFrameBytes) this.#tooLarge(rest, found);
      else found.push({ kind: 'frame', bytes: this.#pieces.take(rest) });
    }
    this.#reset('between');
  }

  #append(rest: Buffer, found: Framed[]): void {
    if (this.#state !== 'inside') return;
    if (this.#pieces.size + rest.length > this.#limits.maxFrameBytes) {
      this.#tooLarge(rest, found);
      this.#reset('skipping');
      return;
    }
    this.#pieces.add(rest);
  }

  #tooLarge(rest: Buffer, found: Framed[]): void {
    this.#pieces.add(rest.subarray(0, this.#limits.keepOfBroken));
    found.push({ kind: 'too-large', bytes: this.#pieces.head(this.#limits.keepOfBroken) });
  }

  #reset(state: 'between' | 'inside' | 'skipping'): void {
    if (state === 'inside') this.#begun++;
    this.#state = state;
    this.#pieces.clear();
    this.#carry = NONE;
  }
}

/** What the end of the data cuts off may still become one. */
function mayBeMsh(data: Buffer, at: number): boolean {
  return MSH.every((byte, i) => at + i >= data.length || data[at + i] === byte);
}

/** Content in its envelope. */
export function frame(content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(START), content, Buffer.of(END, CR)]);
}
