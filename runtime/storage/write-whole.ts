/** Replaces a file of a definition or of the user folder, with an error that names it. */
import { replaceFile } from '../../engine/index.ts';
import { runtimeErrors } from '../errors.ts';

/** @throws WardflowError `flow-unwritable` */
export async function writeWhole(file: string, text: string, mode = 0o644): Promise<void> {
  try {
    await replaceFile(file, text, mode);
  } catch (cause) {
    throw runtimeErrors.create('flow-unwritable', { file, reason: systemCode(cause) }, { cause });
  }
}

export function systemCode(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown reason';
}

export const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
