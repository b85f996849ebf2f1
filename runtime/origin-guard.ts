/**
 * A browser sends the session cookie to every port of this host, so a page of another local program could use it. What
 * changes something, and the editor's live channel, is taken only from our own origin. Requests of programs carry no
 * Origin and are not concerned: they prove themselves by a token.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

export function isForeign(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}

/** `true`: the request was refused and answered. */
export function refuseForeign(request: IncomingMessage, response: ServerResponse): boolean {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Frame-Options', 'SAMEORIGIN');
  response.setHeader('Referrer-Policy', 'same-origin');
  if (READING.has(request.method ?? '') || !isForeign(request)) return false;
  response.writeHead(403, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end('This request comes from another origin and was refused.');
  return true;
}

/** Others Node-RED reads as its channel where we do not: `/comms#x`, `http://host/comms`. */
const PLAIN = /^\/[^\\#\s]*$/;

/** Before any listener of Node-RED's: a socket that is gone upgrades to nothing. */
export function guardUpgrades(server: Server): void {
  server.prependListener('upgrade', (request, socket) => {
    if (isForeign(request) || !PLAIN.test(request.url ?? '')) socket.destroy();
  });
}
