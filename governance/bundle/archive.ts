/**
 * The zip file around a bundle. Written in one way only, and read only if it was written that way: entries follow each
 * other without gaps, headers agree, nothing is hidden between, before or behind. Two programs that read such a file see
 * the same entries, which zip in general does not promise.
 */
import { Inflate, zipSync } from 'fflate';
import { WardflowError } from '../../engine/index.ts';
import type { Bytes } from './bytes.ts';
import { bundleErrors } from './errors.ts';

export const ARCHIVE_LIMITS = {
  bytes: 64 * 1024 * 1024,
  entries: 5_000,
  /** Of all entries together, unpacked. */
  content: 64 * 1024 * 1024,
};

export type Entries = ReadonlyMap<string, Bytes>;

/** Any fixed time: fflate writes local time, so that this gives the same bytes in every zone. */
const WRITTEN = (): Date => new Date(1980, 0, 1, 12);
/** `a/b.json`: visible ASCII without surprises, no empty, hidden, `.` or `..` part, no back slash, colon or tilde. */
const PATH = /^(?:[A-Za-z0-9_][A-Za-z0-9._-]{0,99}\/){0,5}[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/;

export const isSafePath = (path: string): boolean => PATH.test(path);

/** The same bytes for the same entries, whatever their order. */
export function writeArchive(entries: Entries): Bytes {
  const sorted = [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1));
  for (const [path] of sorted) if (!isSafePath(path)) throw new TypeError('an entry has no safe path');
  // A name that looks like a number would come first in an object, but every path has a letter or a slash in our bundles.
  return zipSync(Object.fromEntries(sorted), { level: 6, mtime: WRITTEN(), os: 0 });
}

/**
 * @throws WardflowError `bundle-too-large`, `bundle-zip-malformed`, `bundle-entries-too-many`, `bundle-path-unsafe`,
 *   `bundle-entry-twice`, `bundle-size-declared`, `bundle-size-real`
 */
export function readArchive(bytes: Bytes): Entries {
  if (bytes.length > ARCHIVE_LIMITS.bytes)
    throw bundleErrors.create('bundle-too-large', { limit: ARCHIVE_LIMITS.bytes });
  const listed = readDirectory(bytes);
  const seen = new Set<string>();
  let declared = 0;
  for (const { path, size } of listed) {
    // Systems that ignore case would write two such entries into one file.
    if (seen.has(path.toLowerCase())) throw bundleErrors.create('bundle-entry-twice', { path });
    seen.add(path.toLowerCase());
    declared += size;
  }
  if (declared > ARCHIVE_LIMITS.content)
    throw bundleErrors.create('bundle-size-declared', { limit: ARCHIVE_LIMITS.content });
  return new Map(listed.map((entry) => [entry.path, unpack(entry)]));
}

interface Listed {
  readonly path: string;
  readonly method: number;
  /** As declared. */
  readonly size: number;
  readonly packed: Bytes;
}

const END = { signature: 0x06054b50, size: 22 };
const CENTRAL = { signature: 0x02014b50, size: 46 };
const LOCAL = { signature: 0x04034b50, size: 30 };
const STORED = 0;
const DEFLATED = 8;

/** PKWARE APPNOTE 4.3: local headers with data, then the central directory, then its end record. */
function readDirectory(bytes: Bytes): readonly Listed[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - END.size;
  if (end < 0 || view.getUint32(end, true) !== END.signature) throw malformed('it does not end as a zip file does');
  const count = view.getUint16(end + 10, true);
  const size = view.getUint32(end + 12, true);
  const start = view.getUint32(end + 16, true);
  // Number of this disk, disk with the directory, entries on this disk, comment length.
  if (view.getUint32(end + 4, true) !== 0 || view.getUint16(end + 8, true) !== count || view.getUint16(end + 20, true))
    throw malformed('it has a comment or several parts');
  if (count > ARCHIVE_LIMITS.entries)
    throw bundleErrors.create('bundle-entries-too-many', { limit: ARCHIVE_LIMITS.entries });
  if (start + size !== end) throw malformed('there is something between its directory and its end');
  const listed: Listed[] = [];
  let at = start;
  let data = 0;
  for (let entry = 1; entry <= count; entry++) {
    if (at + CENTRAL.size > end || view.getUint32(at, true) !== CENTRAL.signature)
      throw malformed('its directory breaks off');
    const one = readCentral(bytes, view, at, end, entry);
    if (one.offset !== data) throw malformed('its entries overlap or leave gaps');
    const from = checkLocal(bytes, view, one, start);
    data = from + one.packedSize;
    if (data > start) throw malformed('an entry runs into the directory');
    listed.push({ path: one.path, method: one.method, size: one.size, packed: bytes.subarray(from, data) });
    at = one.next;
  }
  if (at !== end || data !== start) throw malformed('it holds something that its directory does not list');
  return listed;
}

interface CentralEntry {
  readonly path: string;
  readonly method: number;
  readonly packedSize: number;
  readonly size: number;
  readonly offset: number;
  readonly next: number;
  /** Flags, method, time, CRC, sizes: repeated in the local header. */
  readonly header: Bytes;
}

function readCentral(bytes: Bytes, view: DataView, at: number, end: number, entry: number): CentralEntry {
  const nameLength = view.getUint16(at + 28, true);
  const next = at + CENTRAL.size + nameLength;
  // Extra fields and comments: places to hide something in, or to say something else than the header.
  if (view.getUint16(at + 30, true) || view.getUint16(at + 32, true)) throw malformed('an entry has extra fields');
  if (next > end) throw malformed('its directory breaks off');
  const path = Array.from(bytes.subarray(at + CENTRAL.size, next), (byte) => String.fromCharCode(byte)).join('');
  // The name is not told: it may be made to look like something else.
  if (!isSafePath(path)) throw bundleErrors.create('bundle-path-unsafe', { entry });
  const method = view.getUint16(at + 10, true);
  const packedSize = view.getUint32(at + 20, true);
  const size = view.getUint32(at + 24, true);
  if (view.getUint16(at + 8, true) !== 0 || (method !== STORED && method !== DEFLATED))
    throw malformed('an entry is encrypted or packed in an unknown way');
  // Disk, internal and external attributes: a symbolic link is said by the last.
  if (view.getUint32(at + 34, true) || view.getUint32(at + 38, true)) throw malformed('an entry is no plain file');
  if (method === STORED && packedSize !== size) throw bundleErrors.create('bundle-size-real', { path });
  const header = bytes.subarray(at + 8, at + 28);
  return { path, method, packedSize, size, offset: view.getUint32(at + 42, true), next, header };
}

/** Gives where the entry's data begins. */
function checkLocal(bytes: Bytes, view: DataView, entry: CentralEntry, limit: number): number {
  const { offset, path, header } = entry;
  const from = offset + LOCAL.size + path.length;
  if (from > limit || view.getUint32(offset, true) !== LOCAL.signature)
    throw malformed('an entry is not where its directory says');
  const name = bytes.subarray(offset + LOCAL.size, from);
  const same =
    view.getUint16(offset + 26, true) === path.length &&
    view.getUint16(offset + 28, true) === 0 &&
    header.every((byte, i) => byte === bytes[offset + 6 + i]) &&
    name.every((byte, i) => byte === path.charCodeAt(i));
  if (!same) throw malformed('an entry calls itself something else than its directory does');
  return from;
}

/** Small enough that one step cannot unpack more than about a megabyte (deflate packs 1032 to 1 at best). */
const STEP = 1024;

/** Unpacks step by step and stops as soon as it is more than declared, whatever it would become. */
function unpack({ path, method, size, packed }: Listed): Bytes {
  if (method === STORED) return packed.slice();
  const out = new Uint8Array(size);
  let filled = 0;
  const stream = new Inflate((chunk) => {
    if (filled + chunk.length > size) throw bundleErrors.create('bundle-size-real', { path });
    out.set(chunk, filled);
    filled += chunk.length;
  });
  try {
    for (let at = 0; at < packed.length; at += STEP)
      stream.push(packed.subarray(at, at + STEP), at + STEP >= packed.length);
  } catch (error) {
    if (error instanceof WardflowError) throw error;
    throw malformed('an entry cannot be unpacked');
  }
  if (filled !== size) throw bundleErrors.create('bundle-size-real', { path });
  return out;
}

const malformed = (what: string): Error => bundleErrors.create('bundle-zip-malformed', { what });
