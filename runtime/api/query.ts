/** Reads query strings and bodies: everything is checked, bounded, and named when it is wrong. */
import type { Request } from 'express';
import {
  MESSAGE_STATES,
  type AuditQuery,
  type MessageQuery,
  type MessageState,
  type SearchKey,
  type SearchKeyKind,
} from '../../engine/index.ts';
import { apiErrors, invalid } from './problems.ts';
import { ACTOR_HEADER } from './contract.ts';

/** Who acts, and how that is recorded. `person`: their user name; `null` for programs and the system. */
export interface Caller {
  readonly actor: string;
  readonly via: 'cli' | 'console';
  readonly person: string | null;
}

const ACTOR = /^(user|cli|program|service|system):[\w.@+-]{1,100}$/;
const KEY_KINDS: readonly SearchKeyKind[] = ['patient', 'order', 'visit'];

/** Who acts. Everything that changes something or is audited needs it. */
export function actorOf(request: Request): string {
  const actor = request.get(ACTOR_HEADER);
  if (actor === undefined || !ACTOR.test(actor)) throw apiErrors.create('actor-missing');
  return actor;
}

export function callerOf(request: Request): Caller {
  const actor = actorOf(request);
  const [kind = '', person = ''] = actor.split(':', 2);
  return {
    actor,
    via: kind === 'cli' ? 'cli' : 'console',
    person: kind === 'user' || kind === 'cli' ? person : null,
  };
}

export function text(request: Request, name: string, limit = 200): string | undefined {
  const value = request.query[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw invalid(`${name} is given more than once`);
  if (value.length > limit) throw invalid(`${name} is longer than ${limit} characters`);
  return value;
}

export function wholeNumber(request: Request, name: string, most = Number.MAX_SAFE_INTEGER): number | undefined {
  const value = text(request, name, 20);
  if (value === undefined) return undefined;
  const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number <= most)) throw invalid(`${name} takes a whole number up to ${most}`);
  return number;
}

/** Epoch milliseconds, or an ISO 8601 time. */
export function time(request: Request, name: string): number | undefined {
  const value = text(request, name, 40);
  if (value === undefined) return undefined;
  const at = /^\d{1,16}$/.test(value) ? Number(value) : Date.parse(value);
  if (!Number.isFinite(at)) throw invalid(`${name} takes a time`);
  return at;
}

export function messageQuery(request: Request): MessageQuery {
  const states = text(request, 'state')?.split(',');
  if (states?.some((state) => !(MESSAGE_STATES as readonly string[]).includes(state)))
    throw invalid(`state takes ${MESSAGE_STATES.join(', ')}`);
  const key = searchKey(request);
  return defined({
    states: states as readonly MessageState[] | undefined,
    feed: text(request, 'feed'),
    type: text(request, 'type'),
    text: text(request, 'q'),
    key,
    since: time(request, 'since'),
    until: time(request, 'until'),
    before: wholeNumber(request, 'before'),
    limit: limitOf(request),
  });
}

export function auditQuery(request: Request): AuditQuery {
  const order = text(request, 'order', 20) ?? 'newest-first';
  if (order !== 'newest-first' && order !== 'oldest-first') throw invalid('order takes newest-first or oldest-first');
  return defined({
    messageId: text(request, 'message'),
    type: text(request, 'type'),
    actor: text(request, 'actor'),
    since: time(request, 'since'),
    until: time(request, 'until'),
    after: wholeNumber(request, 'after'),
    before: wholeNumber(request, 'before'),
    limit: limitOf(request),
    order,
  });
}

export function limitOf(request: Request): number {
  return Math.max(1, wholeNumber(request, 'limit', 1000) ?? 100);
}

/** `reason` of a body: one line of at most 500 characters. */
export function reasonOf(request: Request, needed: boolean): string | undefined {
  const body: unknown = request.body;
  const reason: unknown = typeof body === 'object' && body !== null && 'reason' in body ? body.reason : undefined;
  if (reason === undefined || reason === null || reason === '') {
    if (needed) throw invalid('reason is missing');
    return undefined;
  }
  if (typeof reason !== 'string' || reason.length > 500) throw invalid('reason takes text of at most 500 characters');
  return reason.trim();
}

/** A path parameter that names something of ours. */
export function idOf(request: Request, name = 'id'): string {
  const id: unknown = request.params[name];
  if (typeof id !== 'string' || !/^[\w.:-]{1,128}$/.test(id)) throw invalid(`${name} is not an id`);
  return id;
}

function searchKey(request: Request): SearchKey | undefined {
  const found = KEY_KINDS.flatMap((kind) => {
    const value = text(request, kind);
    return value === undefined ? [] : [{ kind, value }];
  });
  if (found.length > 1) throw invalid('only one of patient, order and visit can be searched at once');
  return found[0];
}

/** Drops what is undefined: the contract's optional properties are absent, not undefined. */
function defined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
}
