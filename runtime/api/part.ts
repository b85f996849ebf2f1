/**
 * The part of a runtime that somebody answers for: the console says it with each call for a person whose role is limited,
 * and the routes show and do no more. Decided there (governance/api/permissions.ts), applied here, where it is known what
 * belongs to which definition.
 */
import type { RequestHandler, Response } from 'express';
import type { DefinitionSet, MessageSummary } from '../../engine/index.ts';
import { SCOPE_HEADER, type ScopeOfCall } from './contract.ts';
import { apiErrors, invalid } from './problems.ts';

/** Names of definitions; `null`: all, and what belongs to none. */
export type Part = ReadonlySet<string> | null;

const LONGEST = 12_000;

/** For all routes: what the header says, with its service lines as the definitions that have them now. */
export function readPart(definitions: () => DefinitionSet): RequestHandler {
  return (request, response, next) => {
    const header = request.get(SCOPE_HEADER);
    response.locals['part'] = header === undefined ? null : namesIn(scopeIn(header), definitions());
    next();
  };
}

/**
 * What the caller answers for. A route that asks says so in its answer; the console shows a limited person no answer that
 * does not.
 */
export function partOf(response: Response): Part {
  const part = response.locals['part'] as Part;
  if (part !== null) response.setHeader(SCOPE_HEADER, 'applied');
  return part;
}

export const isIn = (part: Part, definition: string): boolean => part === null || part.has(definition);

/** For queries of the store. */
export const within = (part: Part): { readonly definitions?: readonly string[] } =>
  part === null ? {} : { definitions: [...part] };

/** The definition of a source: `<definition>/<name>`. */
export const definitionOf = (subscription: string): string =>
  subscription.slice(0, Math.max(0, subscription.indexOf('/')));

/** @throws `outside-scope` unless one of these is in the part. What belongs to none is in no part but the whole. */
export function demandOneIn(part: Part, definitions: readonly string[]): void {
  if (part !== null && !definitions.some((one) => part.has(one))) throw apiErrors.create('outside-scope');
}

/** Without the names of flows outside the part that work on the same message. */
export function partOfMessage<Message extends MessageSummary>(part: Part, message: Message): Message {
  if (part === null) return message;
  return { ...message, definitions: message.definitions.filter((one) => part.has(one)) };
}

/** The names meant: those given, and those that have one of the service lines now. */
export function namesIn({ definitions, serviceLines }: ScopeOfCall, all: DefinitionSet): ReadonlySet<string> {
  const lines = new Set(serviceLines.map(plain));
  const ofLines = all.all.filter(
    ({ intent: { serviceLine } }) => typeof serviceLine === 'string' && lines.has(plain(serviceLine)),
  );
  return new Set([...definitions, ...ofLines.map(({ name }) => name)]);
}

/** As governance/api/permissions.ts compares them; a test holds the two together. */
const plain = (line: string): string => line.normalize('NFKC').trim().toLowerCase();

function scopeIn(header: string): ScopeOfCall {
  const wrong = invalid(`${SCOPE_HEADER} is not a scope`);
  if (header.length > LONGEST) throw wrong;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
  } catch {
    throw wrong;
  }
  if (typeof value !== 'object' || value === null) throw wrong;
  const { definitions, serviceLines } = value as Partial<Record<keyof ScopeOfCall, unknown>>;
  if (!areTexts(definitions) || !areTexts(serviceLines)) throw wrong;
  return { definitions, serviceLines };
}

export function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
