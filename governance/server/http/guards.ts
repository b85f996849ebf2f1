/** What every request must pass: the right host, the right origin, a living session or token, a permission. */
import type { IncomingHttpHeaders } from 'node:http';
import { parseCookie } from 'cookie';
import type { Request, RequestHandler, Response } from 'express';
import { ACTIVE_HEADER, DEVICE_COOKIE, SESSION_COOKIE, WRITE_HEADER } from '../../api/contract.ts';
import { covers, isNowhere, type Permission, type Scope, type Target } from '../../api/permissions.ts';
import { consoleErrors } from '../../errors.ts';
import { mayDo, mustChangePassword, scopeOf, type Identity } from '../identity.ts';
import type { Login, LoginPlace } from '../login.ts';
import type { ServiceAccount, ServiceAccounts } from '../store/service-accounts.ts';
import type { Sessions } from '../store/sessions.ts';
import type { Origins } from './origins.ts';

export function rightHost(origins: Origins): RequestHandler {
  return (request, _response, next) => {
    if (!origins.isOurs(request)) throw consoleErrors.create('wrong-host');
    next();
  };
}

/**
 * SameSite=Strict does not tell ports apart, and the editors live on another port of this host: a write must say by
 * origin and by a header that no foreign page can set that it comes from the console. A bearer token is such a header.
 */
export function writesFromConsole(origins: Origins): RequestHandler {
  return (request, _response, next) => {
    const reads = request.method === 'GET' || request.method === 'HEAD';
    const marked = request.headers[WRITE_HEADER] !== undefined || request.headers.authorization !== undefined;
    if (!reads && (!origins.isFromOwnPage(request) || !marked)) throw consoleErrors.create('request-not-from-console');
    next();
  };
}

export function sessionToken(headers: IncomingHttpHeaders): string {
  return parseCookie(headers.cookie ?? '')[SESSION_COOKIE] ?? '';
}

export function bearerToken(headers: IncomingHttpHeaders): string | undefined {
  return /^Bearer (\S{1,256})$/i.exec(headers.authorization ?? '')?.[1];
}

export function placeOf(request: Request): LoginPlace {
  return {
    address: (request.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    agent: request.headers['user-agent'] ?? '',
    device: parseCookie(request.headers.cookie ?? '')[DEVICE_COOKIE] ?? '',
  };
}

/**
 * Who may ask a route. `anybody`: also without a session. `runtime`: shown by a runtime's service token, which the route checks.
 * `logged-in`: a person, even one who must change the password first. `person`: any person. Otherwise whoever has the
 * permission, people and service accounts.
 */
export type Access = 'anybody' | 'runtime' | 'logged-in' | 'person' | Permission;

/** Larger bodies than usual are read from callers who are somebody; what they may do, the route's guard says. */
export function fromSomebody({ login, services }: Omit<GuardParts, 'sessions'>, read: RequestHandler): RequestHandler {
  return (request, response, next) => {
    const { headers } = request;
    const known =
      headers.authorization === undefined
        ? login.identify(sessionToken(headers))
        : services.find(bearerToken(headers) ?? '');
    if (known) read(request, response, next);
    else next();
  };
}

/** The first handler of every route: the test of all routes reads `access` from it. */
export type Guard = RequestHandler & { readonly access: Access };
export type Needs = (access: Access) => Guard;

type Caller =
  | { readonly kind: 'person'; readonly identity: Identity }
  | { readonly kind: 'program'; readonly account: ServiceAccount };

export interface GuardParts {
  readonly login: Login;
  readonly sessions: Sessions;
  readonly services: ServiceAccounts;
}

export function createNeeds({ login, sessions, services }: GuardParts): Needs {
  const callerOf = (request: Request): Caller => {
    // Never both: a header that somebody added must not weaken what a session may do, nor the other way round.
    if (request.headers.authorization !== undefined) {
      const account = services.find(bearerToken(request.headers) ?? '');
      if (!account) throw consoleErrors.create('session-missing');
      return { kind: 'program', account };
    }
    const identity = login.identify(sessionToken(request.headers));
    if (!identity) throw consoleErrors.create('session-missing');
    if (request.headers[ACTIVE_HEADER] !== undefined) sessions.touch(identity.session);
    return { kind: 'person', identity };
  };
  return (access) => {
    const guard: RequestHandler = (request, response, next) => {
      if (access !== 'anybody' && access !== 'runtime') {
        const caller = callerOf(request);
        check(caller, access);
        response.locals['caller'] = caller;
      }
      next();
    };
    return Object.assign(guard, { access });
  };
}

function check(caller: Caller, access: Exclude<Access, 'anybody' | 'runtime'>): void {
  if (caller.kind === 'program') {
    if (access === 'logged-in' || access === 'person') throw consoleErrors.create('person-needed');
    const scopes: readonly Permission[] = caller.account.scopes;
    if (!scopes.includes(access)) throw consoleErrors.create('permission-missing', { permission: access });
    return;
  }
  if (access === 'logged-in') return;
  if (mustChangePassword(caller.identity)) throw consoleErrors.create('password-change-needed');
  if (caller.identity.owesSecondFactor) throw consoleErrors.create('second-factor-needed');
  if (access !== 'person' && !mayDo(caller.identity, access))
    throw consoleErrors.create('permission-missing', { permission: access });
}

function caller(response: Response): Caller {
  const found = response.locals['caller'] as Caller | undefined;
  if (!found) throw consoleErrors.create('session-missing');
  return found;
}

/** The person, on a route that passed its guard. @throws `person-needed` */
export function identityOf(response: Response): Identity {
  const found = caller(response);
  if (found.kind !== 'person') throw consoleErrors.create('person-needed');
  return found.identity;
}

/** Who acts, for audit records: `user:ana`, `program:monitoring`. */
export function actorOf(response: Response): string {
  const found = caller(response);
  return found.kind === 'person' ? `user:${found.identity.account.username}` : `program:${found.account.name}`;
}

/** Where the caller has the permission: everywhere, or in some definitions and service lines. */
export function scopeIn(response: Response, permission: Permission): Scope {
  const found = caller(response);
  if (found.kind === 'person') return scopeOf(found.identity, permission);
  const scopes: readonly Permission[] = found.account.scopes;
  return scopes.includes(permission) ? 'all' : { definitions: [], serviceLines: [] };
}

/** On this target; without one: somewhere at all. */
export function may(response: Response, permission: Permission, target?: Target): boolean {
  const scope = scopeIn(response, permission);
  return target === undefined ? !isNowhere(scope) : covers(scope, target);
}

/** @throws `permission-missing`, or `permission-elsewhere` where the caller has it for others only */
export function demand(response: Response, permission: Permission, target: Target): void {
  if (may(response, permission, target)) return;
  const code = may(response, permission) ? 'permission-elsewhere' : 'permission-missing';
  throw consoleErrors.create(code, { permission });
}
