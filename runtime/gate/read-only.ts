/**
 * People only look at a runtime behind the gate. Every request that would change something is refused before Node-RED sees
 * it, and is in the audit trail: whoever tries is worth knowing.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AuditEntry } from '../../engine/index.ts';
import type { ApiProblem } from '../api/contract.ts';
import { gateErrors } from './errors.ts';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Logging out ends a session of the person's own; no flow is concerned. */
const ALLOWED = new Set(['POST /auth/revoke']);
/** The editor saves how a person looks at it with every click: refused like the rest, but nobody has tried anything. */
const VIEW = 'POST /settings/user';
/** What Node-RED has below these; everything else counts as one place. */
const PLACES = new Set([
  'flows',
  'flow',
  'nodes',
  'library',
  'settings',
  'context',
  'inject',
  'debug',
  'auth',
  'plugins',
]);
/** The same attempt again is one record a minute, so that nobody fills the trail. */
const AGAIN_MS = 60_000;
const MOST_KNOWN = 1_000;

export interface ReadOnlyOptions {
  readonly now: () => number;
  /** Who sends it, `undefined`: nobody knows. */
  readonly actorOf: (request: IncomingMessage) => Promise<string | undefined>;
  readonly record: (entry: AuditEntry) => void;
}

export interface ReadOnly {
  /** `true`: the request was refused and answered. */
  refuse(request: IncomingMessage, response: ServerResponse): boolean;
  /** The same for what was to be saved past HTTP. */
  refused(what: string, actor: string): void;
}

export function readOnly({ now, actorOf, record }: ReadOnlyOptions): ReadOnly {
  const told = new Map<string, number>();

  const tell = (actor: string, what: string): void => {
    const key = `${actor}\n${what}`;
    const at = now();
    if (at - (told.get(key) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS) return;
    told.delete(key);
    told.set(key, at);
    if (told.size > MOST_KNOWN) told.delete(told.keys().next().value ?? '');
    record({ at, type: 'gate.refused', actor, details: { what, code: 'production-read-only' } });
  };

  return {
    refuse(request, response) {
      const method = request.method ?? '';
      const path = (request.url ?? '').split('?')[0] ?? '';
      if (READING.has(method) || ALLOWED.has(`${method} ${path}`)) return false;
      const what = `${method} ${placeOf(path)}${deploymentOf(request)}`;
      if (`${method} ${path}` !== VIEW)
        actorOf(request).then(
          (actor) => tell(actor ?? 'unknown', what),
          () => tell('unknown', what),
        );
      const error = gateErrors.create('production-read-only', { what: `${what} was refused` });
      const problem: ApiProblem = {
        type: `https://wardflow.dev/problems/${error.code}`,
        title: error.message,
        status: 403,
        code: error.code,
        remedy: error.remedy,
      };
      response.writeHead(403, { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' });
      // The editor shows `message`.
      response.end(JSON.stringify({ ...problem, message: `${error.message} ${error.remedy}` }));
      // What else is sent is not read.
      request.resume();
      return true;
    },
    refused: (what, actor) => tell(actor, what),
  };
}

/** `/flows`, or `/…`: a path may hold anything, a record must not. */
function placeOf(path: string): string {
  const place = path.split('/')[1] ?? '';
  return PLACES.has(place) ? `/${place}` : 'an address of a node';
}

function deploymentOf(request: IncomingMessage): string {
  const type = request.headers['node-red-deployment-type'];
  return typeof type === 'string' && /^(full|nodes|flows|reload)$/.test(type) ? ` (${type})` : '';
}
