/**
 * What the editor shows somebody who is not logged in. Node-RED would ask for a user name and a password, which the runtime
 * does not know: people log in at the console, and the editor follows.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** `true`: it was the question how to log in, and it is answered. */
export function answerLoginDialog(request: IncomingMessage, response: ServerResponse, consoleUrl: string): boolean {
  if (request.method !== 'GET' || request.url?.split('?')[0] !== '/auth/login') return false;
  const dialog = {
    type: 'strategy',
    prompts: [{ type: 'button', label: 'Log in at the Wardflow console', url: consoleUrl }],
    image: 'theme/login/login.svg',
  };
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(dialog));
  return true;
}
