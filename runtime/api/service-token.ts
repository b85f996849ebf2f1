/** The runtime's API is for the console and the CLI: they prove themselves by the service token. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { apiErrors } from './problems.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares in constant time, whatever the lengths. */
export function tokenCheck(token: string): (given: string) => boolean {
  const expected = digest(token);
  return (given) => timingSafeEqual(digest(given), expected);
}

export function bearerOf(header: string | undefined): string | null {
  const match = /^Bearer ([\w.~+/=-]{1,512})$/i.exec(header ?? '');
  return match?.[1] ?? null;
}

export function requireServiceToken(isToken: (given: string) => boolean) {
  return (request: Request, _response: Response, next: NextFunction): void => {
    const given = bearerOf(request.get('authorization'));
    if (given === null || !isToken(given)) throw apiErrors.create('not-authorised');
    next();
  };
}
