import { WardflowError } from '../../base/errors.ts';
import { sqliteCode } from '../../base/sqlite-code.ts';
import type { SentError } from './protocol.ts';

const IOERR_SHMSIZE = 4874;

/** Reduces what SQLite or a handler threw to a catalogue code; SQLite's own texts may quote values and stay behind. */
export function sentError(error: unknown, operation: string, path: string): SentError {
  if (error instanceof WardflowError) return { code: error.code, details: error.details };
  const errcode = sqliteCode(error);
  if (errcode === undefined) return { code: 'store-bad-argument', details: { operation } };
  // No room for the index of the write-ahead log, which SQLite counts among the input/output errors.
  if (errcode === IOERR_SHMSIZE) return { code: 'store-disk-full', details: { operation, path, sqlite: errcode } };
  const details = { operation, path, sqlite: errcode, system: 'SQLite cannot open it' };
  // The low byte of an extended result code is the primary one: sqlite.org/rescode.html
  switch (errcode & 0xff) {
    case 5:
    case 6:
      return { code: 'store-locked', details };
    case 3:
    case 8:
    case 14:
      return { code: 'store-folder-unwritable', details };
    case 10:
      return { code: 'store-io-failed', details };
    case 11:
    case 26:
      return { code: 'store-file-corrupt', details };
    case 13:
      return { code: 'store-disk-full', details };
    default:
      return { code: 'store-failed', details };
  }
}
