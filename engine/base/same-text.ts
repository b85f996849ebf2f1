import { hash, timingSafeEqual } from 'node:crypto';

/** Whether a secret is the one that was sent: in constant time, whatever their lengths. */
export function isSameText(one: string, other: string): boolean {
  const digest = (text: string): Buffer => Buffer.from(hash('sha256', text), 'hex');
  return timingSafeEqual(digest(one), digest(other));
}
