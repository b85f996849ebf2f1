/**
 * A browser sends the session cookie to every port of this host, so also to routes that a flow makes. No flow needs it, and
 * whoever has it is that person: it is taken out before anything of a flow sees the request.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { SESSION_COOKIE } from './login.ts';

/** The editor's live channel: Node-RED checks its login by the cookie. */
const EDITOR_CHANNEL = /^\/comms(?:$|[/?])/;

/** `cookie: a=1; wardflow_session=x; b=2` becomes `cookie: a=1; b=2`, in the parsed and in the raw headers. */
export function dropSession(request: IncomingMessage): void {
  const { cookie } = request.headers;
  if (cookie === undefined || !cookie.includes(SESSION_COOKIE)) return;
  const left = withoutSession(cookie);
  if (left === '') delete request.headers.cookie;
  else request.headers.cookie = left;
  request.rawHeaders = request.rawHeaders.map((text, index, all) =>
    index % 2 === 1 && all[index - 1]?.toLowerCase() === 'cookie' ? withoutSession(text) : text,
  );
}

/** For `httpNodeMiddleware`: every HTTP route that a flow makes. */
export function dropSessionFirst(request: IncomingMessage, _response: ServerResponse, next: () => void): void {
  dropSession(request);
  next();
}

/** WebSockets of flows are opened past all middleware. */
export function dropSessionOfUpgrades(server: Server): void {
  server.prependListener('upgrade', (request) => {
    if (!EDITOR_CHANNEL.test(request.url ?? '')) dropSession(request);
  });
}

function withoutSession(header: string): string {
  return header
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.split('=')[0]?.trim() !== SESSION_COOKIE)
    .join('; ');
}
