/** A disk that can be made full, slow or stuck under a real process: faulty-disk.c, compiled here and preloaded there. */
import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { requireCompiler } from '../kit/requires.ts';

const SOURCE = resolve(import.meta.dirname, 'faulty-disk.c');
/** In the order of faulty-disk.c. */
const CELLS = ['full', 'flushMs', 'stuck', 'walFlushes', 'walHeld', 'refused'] as const;
type Cell = (typeof CELLS)[number];
const CELL_BYTES = 8;

export class FaultyDisk {
  readonly #folder: string;
  readonly #control: number;

  private constructor(folder: string, control: number) {
    this.#folder = folder;
    this.#control = control;
  }

  /** Skips the test (mocha's `this`) where nothing can be compiled or preloaded. */
  static build(context: { skip(): never }): FaultyDisk {
    const compiler = requireCompiler(context);
    const folder = mkdtempSync(join(tmpdir(), 'wardflow-faulty-disk-'));
    const arguments_ = ['-shared', '-fPIC', '-O1', '-Wall', '-o', join(folder, 'faulty-disk.so'), SOURCE, '-ldl'];
    const built = spawnSync(compiler, arguments_, { encoding: 'utf8' });
    if (built.status !== 0) throw new Error(`faulty-disk.c does not compile: ${built.stderr}`);
    const control = openSync(join(folder, 'control'), 'w+');
    ftruncateSync(control, CELLS.length * CELL_BYTES);
    return new FaultyDisk(folder, control);
  }

  /** For the environment of the process; `below` is the folder that is on this disk. */
  env(below: string): Readonly<Record<string, string>> {
    return {
      LD_PRELOAD: join(this.#folder, 'faulty-disk.so'),
      FAULTY_DISK: below,
      FAULTY_DISK_CONTROL: join(this.#folder, 'control'),
    };
  }

  /** Whatever would make a file longer fails with ENOSPC, as on a full disk; what fits into a file as it is succeeds. */
  set full(full: boolean) {
    this.#write('full', full ? 1 : 0);
  }

  /** Every flush takes so much longer, milliseconds. */
  set flushMs(ms: number) {
    this.#write('flushMs', ms);
  }

  /** Flushes of the store's write-ahead log and arrivals do not begin until this is `false` again. */
  set stuck(stuck: boolean) {
    this.#write('stuck', stuck ? 1 : 0);
  }

  /** Flushes of the store's write-ahead log and arrivals that have ended. */
  get walFlushes(): number {
    return this.#read('walFlushes');
  }

  /** Of it, those that are held because it is stuck. */
  get walHeld(): number {
    return this.#read('walHeld');
  }

  /** Writes that failed for want of room. */
  get refused(): number {
    return this.#read('refused');
  }

  dispose(): void {
    closeSync(this.#control);
    rmSync(this.#folder, { recursive: true });
  }

  #read(cell: Cell): number {
    const bytes = Buffer.alloc(CELL_BYTES);
    readSync(this.#control, bytes, 0, CELL_BYTES, CELLS.indexOf(cell) * CELL_BYTES);
    return Number(bytes.readBigUInt64LE());
  }

  #write(cell: Cell, value: number): void {
    const bytes = Buffer.alloc(CELL_BYTES);
    bytes.writeBigUInt64LE(BigInt(value));
    writeSync(this.#control, bytes, 0, CELL_BYTES, CELLS.indexOf(cell) * CELL_BYTES);
  }
}
