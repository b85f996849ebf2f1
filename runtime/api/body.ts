/** Reads JSON bodies: unknown members are refused, and what is wrong is named. */
import type { Request } from 'express';
import { invalid } from './problems.ts';

export type Body = Readonly<Record<string, unknown>>;

export const bodyOf = (request: Request, known: readonly string[]): Body => objectOf(request.body, known, 'the body');

export function objectOf(value: unknown, known: readonly string[], what: string): Body {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(`${what} takes an object`);
  const strange = Object.keys(value).find((name) => !known.includes(name));
  if (strange !== undefined) throw invalid(`${what} has members other than ${known.join(', ')}`);
  return value as Body;
}

export function textIn(body: Body, name: string, longest = 128): string | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '' || value.length > longest)
    throw invalid(`${name} takes text of 1 to ${longest} characters`);
  return value;
}

/** @throws `api-request-invalid` where it is missing */
export function neededText(body: Body, name: string, longest = 128): string {
  const value = textIn(body, name, longest)?.trim();
  if (value === undefined || value === '') throw invalid(`${name} is missing`);
  return value;
}

/** The version that was looked at. */
export function seenIn(body: Body): number {
  const { seen } = body;
  if (typeof seen !== 'number' || !Number.isSafeInteger(seen) || seen < 1) throw invalid('seen takes a version');
  return seen;
}

export function oneOf<T extends string>(body: Body, name: string, known: readonly T[]): T {
  const found = known.find((one) => one === body[name]);
  if (found === undefined) throw invalid(`${name} takes ${known.join(', ')}`);
  return found;
}

/** A time, epoch milliseconds. */
export function numberIn(body: Body, name: string): number | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw invalid(`${name} takes a time`);
  return value;
}
