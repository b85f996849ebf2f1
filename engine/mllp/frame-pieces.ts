/**
 * The content of a frame as it arrives, joined once at its end. Large pieces stay where TCP put them; small ones are copied
 * together, since each piece of a few bytes would cost many times as much to keep.
 */
const LARGE = 4_096;
/** So many small ones are kept as they are: most frames end in the next chunk. */
const FEW = 4;
const LARGEST_BLOCK = 256 * 1024;
const NONE = Buffer.alloc(0);

export class FramePieces {
  #pieces: Buffer[] = [];
  #size = 0;
  #held = 0;
  /** One of the pieces, the last where it has room left; `#used` of it are taken. */
  #block: Buffer = NONE;
  #used = 0;

  /** Bytes of content. */
  get size(): number {
    return this.#size;
  }

  /** Memory that it takes, which is more: a piece holds the whole chunk that it came with. */
  get held(): number {
    return this.#held;
  }

  add(piece: Buffer): void {
    this.#size += piece.length;
    // A block is filled before anything comes behind it: one that is left with room would be held for nothing.
    const filled = this.#fill(piece);
    if (filled === piece.length) return;
    const rest = filled === 0 ? piece : piece.subarray(filled);
    if (rest.length >= LARGE || this.#pieces.length < FEW) {
      this.#pieces.push(rest);
      this.#held += rest.buffer.byteLength;
      return;
    }
    // As large as all before it: the number of blocks stays small.
    this.#block = Buffer.allocUnsafeSlow(Math.min(Math.max(this.#size, LARGE), LARGEST_BLOCK));
    this.#used = 0;
    this.#pieces.push(this.#block);
    this.#held += this.#block.length;
    this.#fill(rest);
  }

  /** All of it with `last` behind, in one; without copying where `last` is all there is. Nothing is kept after that. */
  take(last: Buffer): Buffer {
    if (this.#size === 0) return last;
    this.#endBlock();
    const whole = Buffer.allocUnsafe(this.#size + last.length);
    let at = 0;
    for (const piece of this.#pieces) at += piece.copy(whole, at);
    last.copy(whole, at);
    this.clear();
    return whole;
  }

  /** The first bytes of it, in memory of their own. */
  head(length: number): Buffer {
    this.#endBlock();
    return Buffer.concat(this.#pieces, Math.min(length, this.#size));
  }

  clear(): void {
    if (this.#pieces.length === 0) return;
    this.#pieces = [];
    this.#size = 0;
    this.#held = 0;
    this.#block = NONE;
    this.#used = 0;
  }

  /** Gives how much of it the block had room for. */
  #fill(piece: Buffer): number {
    const filled = this.#used < this.#block.length ? piece.copy(this.#block, this.#used) : 0;
    this.#used += filled;
    return filled;
  }

  /** Only what is taken of the last block belongs to the content. */
  #endBlock(): void {
    const last = this.#pieces.length - 1;
    if (last >= 0 && this.#pieces[last] === this.#block) this.#pieces[last] = this.#block.subarray(0, this.#used);
    this.#block = NONE;
    this.#used = 0;
  }
}
