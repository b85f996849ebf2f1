import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export interface LogFile {
  readonly path: string;
  write(chunk: Uint8Array | string): void;
  close(): void;
}

const DEFAULTS = { maxBytes: 10 * 1024 * 1024, keep: 3 };

/** A log that is turned over when it is full: `x.log`, then `x.log.1` (the newest of the old), up to `keep`. Readable by its user only. */
export function openLogFile(path: string, { maxBytes, keep } = DEFAULTS): LogFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const open = (): number => openSync(path, 'a', 0o600);
  let file = open();
  let size = fstatSync(file).size;
  let closed = false;
  const turn = (): void => {
    closeSync(file);
    for (let i = keep - 1; i >= 1; i--) if (existsSync(`${path}.${i}`)) renameSync(`${path}.${i}`, `${path}.${i + 1}`);
    renameSync(path, `${path}.1`);
    file = open();
    size = 0;
  };
  return {
    path,
    write(chunk) {
      if (closed) return;
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      if (size > 0 && size + bytes.length > maxBytes) turn();
      size += writeSync(file, bytes);
    },
    close() {
      if (!closed) closeSync(file);
      closed = true;
    },
  };
}
