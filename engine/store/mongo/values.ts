/** How the contract's values are kept in documents. */
import { LANES, type Lane, type SearchKey } from '../contract/index.ts';
import type { BodyDoc } from './documents.ts';

export const laneNumber = (lane: Lane): number => LANES.indexOf(lane);

export function laneName(value: number): Lane {
  const lane = LANES[value];
  if (lane === undefined) throw new TypeError('the database holds a lane that this version does not know');
  return lane;
}

/** A jittered retry time may carry a fraction. */
export function millis(value: number): number {
  if (!Number.isFinite(value)) throw new TypeError('a time is not a finite number');
  return Math.ceil(value);
}

export const foldControlId = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

export const searchKey = ({ kind, value }: SearchKey): string => `${kind}:${value}`;

/** JSON for a text member; absent where there is nothing. */
export function json(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : JSON.stringify(value);
}

export function fromJson(text: string | undefined): unknown {
  return text === undefined ? null : JSON.parse(text);
}

/** A document holds at most 16 MiB; a frame may be larger. */
export const PART_BYTES = 8 * 1024 * 1024;
const MOST_PARTS = 64;

export function partsOf(seq: number, bytes: Uint8Array): BodyDoc[] {
  const parts: BodyDoc[] = [];
  for (let from = 0; from === 0 || from < bytes.length; from += PART_BYTES) {
    parts.push({ _id: seq * MOST_PARTS + parts.length, bytes: bytes.subarray(from, from + PART_BYTES) });
  }
  if (parts.length > MOST_PARTS) throw new TypeError('a frame is larger than the store can keep');
  return parts;
}

/** The range of `_id` that a message's parts lie in. */
export const partRange = (seq: number): { $gte: number; $lt: number } => ({
  $gte: seq * MOST_PARTS,
  $lt: (seq + 1) * MOST_PARTS,
});

export const firstPart = (seq: number): number => seq * MOST_PARTS;

export const seqOfPart = (id: number): number => Math.floor(id / MOST_PARTS);

export function joinParts(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  // As a plain Uint8Array: callers compare and hand it on without knowing of Buffer.
  if (only && parts.length === 1) return new Uint8Array(only.buffer, only.byteOffset, only.byteLength);
  return new Uint8Array(Buffer.concat(parts));
}
