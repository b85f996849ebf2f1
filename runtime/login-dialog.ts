/**
 * What the editor shows somebody who is not logged in. Node-RED would ask for a user name and a password, which the runtime
 * does not know: people log in at the console, and the editor follows.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;

/** `true`: it was the question how to log in, and it is answered. */
export function answerLoginDialog(request: IncomingMessage, response: ServerResponse, consolePort: number): boolean {
  if (request.method !== 'GET' || request.url?.split('?')[0] !== '/auth/login') return false;
  const dialog = {
    type: 'strategy',
    prompts: [
      { type: 'button', label: 'Log in at the Wardflow console', url: loginAddress(request.headers.host, consolePort) },
    ],
    image: 'theme/login/login.svg',
  };
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(dialog));
  return true;
}

/**
 * The console under the host name that the editor was opened with, since the session cookie belongs to that name; with the
 * way back, which the console checks against the editors it knows.
 */
export function loginAddress(host: string | undefined, consolePort: number): string {
  const name = LOOPBACK.exec(host ?? '')?.[1];
  if (host === undefined || name === undefined) return `http://127.0.0.1:${consolePort}`;
  return `http://${name}:${consolePort}/login?return=${encodeURIComponent(`http://${host}/`)}`;
}
