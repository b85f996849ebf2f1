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

export function timeSortedIds(clock: Clock, random: (bytes: number) => Uint8Array = pooledRandom()): Ids {
  return {
    next() {
      let time = clock.now();
      let head = '';
      for (let i = 0; i < 10; i++) {
        head = ALPHABET.charAt(time % 32) + head;
        time = Math.floor(time / 32);
      }
      let tail = '';
      for (const byte of random(16)) tail += ALPHABET.charAt(byte & 31);
      return head + tail;
    },
  };
}
