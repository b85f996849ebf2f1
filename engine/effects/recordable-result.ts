/** What of an effect's result can be kept: plain JSON of at most 64 KiB, since a repeat returns it from the store. */

export const LARGEST_RESULT_BYTES = 64 * 1024;

export interface Recordable {
  /** As a repeat will return it: the first return must not differ from it. */
  readonly result: unknown;
  /** Why nothing of it is kept; the sentence's end. */
  readonly problem: string | null;
}

export function recordable(result: unknown): Recordable {
  let text: string | undefined;
  try {
    text = JSON.stringify(result);
  } catch {
    return { result: null, problem: 'is no plain JSON' };
  }
  if (text === undefined) return { result: null, problem: null };
  if (Buffer.byteLength(text) > LARGEST_RESULT_BYTES) return { result: null, problem: 'is larger than 64 KiB' };
  return { result: JSON.parse(text) as unknown, problem: null };
}
