/**
 * MLLP (HL7 v2 transport specification, minimal lower layer protocol, release 1): 0B content 1C 0D.
 *
 * A push parser: bytes come as TCP cuts them, what is found comes back in order. One bad frame never takes its
 * neighbours along: it is reported by itself, and the next start block begins afresh.
 */
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
const MSH = Buffer.from('MSH');
const NONE = Buffer.alloc(0);

export class MllpFramer {
  readonly #limits: FramerLimits;
  #state: 'between' | 'inside' | 'skipping' = 'between';
  /** Content so far, in a buffer that doubles: copying stays linear however finely TCP cuts. */
  #kept: Buffer = NONE;
  #size = 0;
  #begun = 0;
  /** Up to four bytes that mean nothing before the next chunk comes (a split end block, a start block in a frame). */
  #carry: Buffer = NONE;

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
    return this.#kept.length;
  }

  push(chunk: Uint8Array): Framed[] {
    const arrived = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const data = this.#carry.length > 0 ? Buffer.concat([this.#carry, arrived]) : arrived;
    this.#carry = NONE;
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
    const found: Framed[] = complete ? [{ kind: 'frame', bytes: this.#take(NONE) }] : [];
    this.#reset('between');
    return found;
  }

  #between(data: Buffer, from: number, found: Framed[]): number {
    const start = data.indexOf(START, from);
    const to = start < 0 ? data.length : start;
    let junk = 0;
    for (let i = from; i < to; i++) if (data[i] !== CR && data[i] !== LF) junk++;
    if (junk > 0) found.push({ kind: 'junk', size: junk });
    if (start < 0) return data.length;
    this.#reset('inside');
    return start + 1;
  }

  #inside(data: Buffer, from: number, found: Framed[]): number {
    let at = from;
    for (;;) {
      const end = data.indexOf(END, at);
      const to = end < 0 ? data.length : end;
      const start = this.#startInside(data, at, to);
      if (start >= 0) return this.#interrupted(data, from, start, found);
      if (end < 0) {
        this.#append(data.subarray(from), found);
        return data.length;
      }
      if (end + 1 === data.length) {
        this.#append(data.subarray(from, end), found);
        this.#carry = data.subarray(end);
        return data.length;
      }
      if (data[end + 1] === CR || data[end + 1] === START) {
        this.#complete(data.subarray(from, end), found);
        // Some senders leave the CR out: the start block of the next frame then ends this one as well.
        return data[end + 1] === CR ? end + 2 : end + 1;
      }
      at = end + 1;
    }
  }

  /** A start block inside a frame is text (word processors write 0B for a soft line break) unless MSH follows it. */
  #startInside(data: Buffer, from: number, to: number): number {
    for (let at = from; at < to; at++) {
      const found = data.subarray(at, to).indexOf(START);
      if (found < 0) return -1;
      at += found;
      const next = data.subarray(at + 1, at + 4);
      if (next.equals(MSH.subarray(0, next.length))) return at;
    }
    return -1;
  }

  #interrupted(data: Buffer, from: number, start: number, found: Framed[]): number {
    if (start + 4 > data.length) {
      this.#append(data.subarray(from, start), found);
      this.#carry = data.subarray(start);
      return data.length;
    }
    if (this.#state === 'inside') {
      const bytes = this.#take(data.subarray(from, start));
      found.push({ kind: 'unterminated', bytes: bytes.subarray(0, this.#limits.keepOfBroken) });
    }
    this.#reset('inside');
    return start + 1;
  }

  #complete(rest: Buffer, found: Framed[]): void {
    if (this.#state === 'inside') {
      if (this.#size + rest.length > this.#limits.maxFrameBytes) this.#tooLarge(rest, found);
      else found.push({ kind: 'frame', bytes: this.#take(rest) });
    }
    this.#reset('between');
  }

  #append(rest: Buffer, found: Framed[]): void {
    if (this.#state !== 'inside') return;
    if (this.#size + rest.length > this.#limits.maxFrameBytes) {
      this.#tooLarge(rest, found);
      this.#reset('skipping');
      return;
    }
    this.#grow(rest);
  }

  #tooLarge(rest: Buffer, found: Framed[]): void {
    const bytes = this.#take(rest.subarray(0, this.#limits.keepOfBroken));
    found.push({ kind: 'too-large', bytes: Buffer.from(bytes.subarray(0, this.#limits.keepOfBroken)) });
  }

  #grow(rest: Buffer): void {
    const needed = this.#size + rest.length;
    if (needed > this.#kept.length) {
      const doubled = Math.min(Math.max(this.#kept.length * 2, 1024), this.#limits.maxFrameBytes);
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, doubled));
      this.#kept.copy(larger, 0, 0, this.#size);
      this.#kept = larger;
    }
    rest.copy(this.#kept, this.#size);
    this.#size = needed;
  }

  /** The content, without copying where one chunk holds all of it. */
  #take(rest: Buffer): Buffer {
    if (this.#size === 0) return rest;
    this.#grow(rest);
    return this.#kept.subarray(0, this.#size);
  }

  #reset(state: 'between' | 'inside' | 'skipping'): void {
    if (state === 'inside') this.#begun++;
    this.#state = state;
    this.#kept = NONE;
    this.#size = 0;
    this.#carry = NONE;
  }
}

/** Content in its envelope. */
export function frame(content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(START), content, Buffer.of(END, CR)]);
}
