import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export interface LogFile {
  readonly path: string;
  write(chunk: Uint8Array | string): void;
  close(): void;
}

const DEFAULTS = { maxBytes: 10 * 1024 * 1024, keep: 3 };

/**
 * A log that is turned over when it is full: `x.log`, then `x.log.1` (the newest of the old), up to `keep`. Readable by its
 * user only. A disk that takes nothing more costs the lines written then, and nothing else: whoever logs goes on.
 */
export function openLogFile(path: string, { maxBytes, keep } = DEFAULTS): LogFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const open = (): number => openSync(path, 'a', 0o600);
  let file = open();
  let size = fstatSync(file).size;
  let closed = false;
  let lost = 0;
  const turn = (): void => {
    for (let i = keep - 1; i >= 1; i--) if (existsSync(`${path}.${i}`)) renameSync(`${path}.${i}`, `${path}.${i + 1}`);
    renameSync(path, `${path}.1`);
    size = 0;
    const full = file;
    file = open();
    closeSync(full);
  };
  const append = (bytes: Uint8Array): void => {
    if (size > 0 && size + bytes.length > maxBytes) turn();
    size += writeSync(file, bytes);
  };
  return {
    path,
    write(chunk) {
      if (closed) return;
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      try {
        if (lost > 0) append(Buffer.from(`\n--- ${lost} writes to this log were lost\n`));
        lost = 0;
        append(bytes);
      } catch {
        lost++;
      }
    },
    close() {
      if (!closed) closeSync(file);
      closed = true;
    },
  };
}
