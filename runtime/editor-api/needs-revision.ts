/**
 * A deploy by a person says which flows it was made from. Node-RED takes one that does not and overwrites what somebody else has
 * deployed meanwhile ("Ignore & deploy"): here it is refused as any other that is out of date, and the editor shows both changes.
 */
import express from 'express';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EditorUser, Login } from '../login.ts';

/** As Node-RED's own. */
const BODY_LIMIT = '20mb';

export type NeedsRevision = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

export function needsRevision(login: Pick<Login, 'userOf'>): NeedsRevision {
  const parse = express.json({ limit: BODY_LIMIT });
  const check = async (request: IncomingMessage, response: ServerResponse): Promise<'go-on' | 'refuse'> => {
    const user = await login.userOf(request.headers.cookie ?? '');
    // Programs know what they do; who may not deploy is refused by Node-RED.
    if (user === null || user.username === 'service' || !mayDeploy(user)) return 'go-on';
    if (kindOf(request) === 'one-flow') return 'refuse';
    await new Promise<void>((resolve, reject) =>
      parse(request, response, (error: unknown) => (error instanceof Error ? reject(error) : resolve())),
    );
    const read = request as IncomingMessage & { body?: unknown; _body?: boolean };
    // Node-RED's parser takes it as read.
    read._body = true;
    return hasRevision(read.body) ? 'go-on' : 'refuse';
  };
  const answer: (...given: Parameters<NeedsRevision>) => Promise<void> = async (request, response, next) => {
    try {
      if ((await check(request, response)) === 'go-on') next();
      else refuse(response);
    } catch (error) {
      next(error);
    }
  };
  return (request, response, next) => {
    if (kindOf(request) === 'other') next();
    else void answer(request, response, next);
  };
}

/** `one-flow`: Node-RED's calls for a single flow know no revision; its editor does not use them. */
function kindOf({ method, url, headers }: IncomingMessage): 'deploy' | 'one-flow' | 'other' {
  // Routes are found whatever the capitals, and with a slash at the end.
  const path = ((url ?? '').split('?')[0] ?? '').toLowerCase().replace(/\/+$/, '');
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return 'other';
  if (/^\/flow(?:\/|$)/.test(path)) return 'one-flow';
  return path === '/flows' && headers['node-red-deployment-type'] !== 'reload' ? 'deploy' : 'other';
}

const mayDeploy = ({ permissions }: EditorUser): boolean =>
  permissions === '*' || permissions.some((one) => one === 'flows.write');

const hasRevision = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'rev' in body && typeof body.rev === 'string' && body.rev !== '';

/** As Node-RED refuses a revision that is not the newest. */
function refuse(response: ServerResponse): void {
  response.writeHead(409, { 'Content-Type': 'application/json' });
  const message =
    'Somebody else may have deployed meanwhile: load the editor again, or send the revision that you began with.';
  response.end(JSON.stringify({ code: 'version_mismatch', message }));
}
