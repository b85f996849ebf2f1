/** What every request must pass: the right host, the right origin, a living session, a permission. */
import type { IncomingHttpHeaders } from 'node:http';
import { parseCookie } from 'cookie';
import type { RequestHandler, Response } from 'express';
import { ACTIVE_HEADER, SESSION_COOKIE, WRITE_HEADER } from '../../api/contract.ts';
import type { Permission } from '../../api/permissions.ts';
import { consoleErrors } from '../../errors.ts';
import { mayDo, type Identity, type Login } from '../login.ts';
import type { Sessions } from '../store/sessions.ts';

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;

/** Another name that resolves here (DNS rebinding) would make a foreign page our own origin. */
export const rightHost: RequestHandler = (request, _response, next) => {
  if (!LOOPBACK.test(request.headers.host ?? '')) throw consoleErrors.create('wrong-host');
  next();
};

/** `true`: the browser says the request comes from our own pages, or it does not come from a browser. */
export function sameOrigin(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  return headers.origin === undefined || headers.origin === `http://${headers.host ?? ''}`;
}

/**
 * SameSite=Strict does not tell ports apart, and the editors live on another port of this host: a write must say by
 * origin and by a header that no foreign page can set that it comes from the console.
 */
export const writesFromConsole: RequestHandler = (request, _response, next) => {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (!reads && (!sameOrigin(request.headers) || request.headers[WRITE_HEADER] === undefined))
    throw consoleErrors.create('request-not-from-console');
  next();
};

export function sessionToken(headers: IncomingHttpHeaders): string {
  return parseCookie(headers.cookie ?? '')[SESSION_COOKIE] ?? '';
}

/** Puts the identity at hand for `identityOf`; ends with `session-missing` otherwise. */
export function loggedIn(login: Login, sessions: Sessions): RequestHandler {
  return (request, response, next) => {
    const identity = login.identify(sessionToken(request.headers));
    if (!identity) throw consoleErrors.create('session-missing');
    if (request.headers[ACTIVE_HEADER] !== undefined) sessions.touch(identity.session);
    response.locals['identity'] = identity;
    next();
  };
}

export function identityOf(response: Response): Identity {
  const identity = response.locals['identity'] as Identity | undefined;
  if (!identity) throw consoleErrors.create('session-missing');
  return identity;
}

/** @throws `permission-missing` */
export function demand(response: Response, permission: Permission): Identity {
  const identity = identityOf(response);
  if (!mayDo(identity, permission)) throw consoleErrors.create('permission-missing', { permission });
  return identity;
}
