/**
 * The address and the secret of a subscription, from its credential. The path is derived, so that it is the same after a
 * restart and cannot be guessed; from the path nobody gets to the secret.
 */
import { createHmac } from 'node:crypto';
import { isSameText } from '../../base/same-text.ts';

export const SHORTEST_SECRET = 16;

export const pathOf = (secret: string, environment: string, name: string): string =>
  createHmac('sha256', secret).update(`wardflow-subscription\0${environment}\0${name}`).digest('base64url');

export const headerOf = (secret: string): string => `Bearer ${secret}`;

/** In constant time, whatever was sent. */
export const isSecret = (sent: string | undefined, secret: string): boolean => isSameText(sent ?? '', headerOf(secret));
