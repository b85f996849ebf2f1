import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';

/** Makes ids that sort by time: 10 characters of time and 16 of randomness in Crockford's base 32 (the ULID layout). */
export interface Ids {
  next(): string;
}

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Random bytes are asked of the system a page at a time: one request costs more than the bytes. */
function pooledRandom(): (bytes: number) => Uint8Array {
  let pool = new Uint8Array(0);
  let at = 0;
  return (bytes) => {
    if (at + bytes > pool.length) {
      pool = randomBytes(Math.max(4096, bytes));
      at = 0;
    }
    at += bytes;
    return pool.subarray(at - bytes, at);
  };
}

/** Two characters for each number of ten bits. */
const PAIRS = Array.from({ length: 1024 }, (_, bits) => ALPHABET.charAt(bits >> 5) + ALPHABET.charAt(bits & 31));

export function timeSortedIds(clock: Clock, random: (bytes: number) => Uint8Array = pooledRandom()): Ids {
  let lastTime = -1;
  let head = '';
  return {
    next() {
      const time = clock.now();
      if (time !== lastTime) {
        lastTime = time;
        head = headOf(time);
      }
      const bytes = random(16);
      let id = head;
      for (let i = 0; i < 16; i += 2) id += PAIRS[(((bytes[i] ?? 0) & 31) << 5) | ((bytes[i + 1] ?? 0) & 31)];
      return id;
    },
  };
}

function headOf(time: number): string {
  let head = '';
  for (let left = time, i = 0; i < 10; i++) {
    head = ALPHABET.charAt(left % 32) + head;
    left = Math.floor(left / 32);
  }
  return head;
}
