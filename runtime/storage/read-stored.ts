/** Reads a JSON file of the user folder. */
import { readFile } from 'node:fs/promises';
import { runtimeErrors } from '../errors.ts';
import { systemCode } from './write-whole.ts';

/** @throws WardflowError `flow-unreadable` */
export async function readStored(path: string, otherwise: unknown): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return otherwise;
    throw runtimeErrors.create(
      'flow-unreadable',
      { file: path, reason: 'it is not JSON, or may not be read' },
      { cause },
    );
  }
}
