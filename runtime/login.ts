/**
 * One login for console and editor: the governance app owns the sessions, the editor asks it. Both send the same cookie,
 * since cookies know no ports. Answers are kept for at most five seconds, so a revoked session ends within them.
 */
import { createHash } from 'node:crypto';
import type { ScopeOfCall } from './api/contract.ts';
import { areTexts } from './api/part.ts';
import { bearerOf } from './api/service-token.ts';

/**
 * Node-RED's permission scopes. Looking leaves out `context.read`: stored values may hold content of messages. So does the
 * debug sidebar, which is kept from whoever only looks by `editor-channel.ts`.
 */
export const LOOKING = [
  ...(['flows.read', 'nodes.read', 'settings.read', 'status.read'] as const),
  ...(['plugins.read', 'library.read', 'credentials.read'] as const),
] as const;
/**
 * For whoever answers for some definitions only: deploys, which the storage takes for those definitions. No injecting, no
 * debug output and no stored values: they would reach into flows of others.
 */
export const EDITING_A_PART = [...LOOKING, 'flows.write', 'settings.write', 'library.write'] as const;
export type Scope = '*' | typeof LOOKING | typeof EDITING_A_PART;

export interface EditorUser {
  readonly username: string;
  readonly permissions: Scope;
  /** What a deploy may change, where it is not everything. */
  readonly part?: ScopeOfCall;
}

export interface LoginOptions {
  /** Where the governance app is, e.g. `http://127.0.0.1:4000`. */
  readonly governance: string;
  /** The service token, once it is known. */
  readonly token: () => string;
  readonly isToken: (given: string) => boolean;
  /** Nobody may do more than look, programs included. */
  readonly looksOnly?: boolean;
  readonly now?: () => number;
}

export const SESSION_COOKIE = 'wardflow_session';
/** How a request with the service token reaches Node-RED's own check, which reads one header only. */
const SERVICE_COOKIE = 'wardflow_service';
const KEPT_MS = 5_000;
const MOST_KEPT = 1_000;
const TIMEOUT_MS = 3_000;

export interface Login {
  /** For `adminAuth.tokens`, with `tokenHeader: 'cookie'`: the whole cookie header. */
  userOf(cookieHeader: string): Promise<EditorUser | null>;
  /** As `userOf`, but asks the governance app now, whatever it said a moment ago. */
  ask(cookieHeader: string): Promise<EditorUser | null>;
  /** Turns a bearer service token into what `userOf` reads. Any other bearer is left to Node-RED, which knows none. */
  translate(headers: { authorization?: string | undefined; cookie?: string | undefined }): void;
}

/** The session's token, if there is one that could be one. */
export function sessionIn(cookieHeader: string): string | undefined {
  const session = cookiesOf(cookieHeader).get(SESSION_COOKIE);
  return session !== undefined && /^[\w-]{16,200}$/.test(session) ? session : undefined;
}

export function createLogin(options: LoginOptions): Login {
  const now = options.now ?? Date.now;
  const kept = new Map<string, { readonly until: number; readonly user: Promise<EditorUser | null> }>();

  const userOf = async (cookieHeader: string, takeKept: boolean): Promise<EditorUser | null> => {
    const cookies = cookiesOf(cookieHeader);
    const service = cookies.get(SERVICE_COOKIE);
    if (service !== undefined)
      return options.isToken(service) ? { username: 'service', permissions: options.looksOnly ? LOOKING : '*' } : null;
    const session = sessionIn(cookieHeader);
    if (session === undefined) return null;
    const key = createHash('sha256').update(session).digest('base64');
    const known = kept.get(key);
    if (takeKept && known && known.until > now()) return known.user;
    const user = introspect(options.governance, options.token(), session, options.looksOnly === true);
    kept.delete(key);
    kept.set(key, { until: now() + KEPT_MS, user });
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value ?? '');
    user.catch(() => kept.delete(key));
    return user;
  };

  return {
    userOf: (cookieHeader) => userOf(cookieHeader, true),
    ask: (cookieHeader) => userOf(cookieHeader, false),
    translate(headers) {
      const given = bearerOf(headers.authorization);
      if (given === null || !options.isToken(given)) {
        // A cookie of this name from outside proves nothing more than a bearer would: it is checked the same way.
        return;
      }
      delete headers.authorization;
      headers.cookie = `${SERVICE_COOKIE}=${given}`;
    },
  };
}

async function introspect(
  governance: string,
  token: string,
  session: string,
  looksOnly: boolean,
): Promise<EditorUser | null> {
  const response = await fetch(`${governance}/api/v1/sessions/introspect`, {
    headers: { authorization: `Bearer ${token}`, 'wardflow-session': session },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) return null;
  const answer: unknown = await response.json();
  if (typeof answer !== 'object' || answer === null || !('active' in answer) || answer.active !== true) return null;
  const { username, roles, edits } = answer as { username?: unknown; roles?: unknown; edits?: unknown };
  if (typeof username !== 'string' || !Array.isArray(roles)) return null;
  if (roles.length === 0) return null;
  if (looksOnly) return { username, permissions: LOOKING };
  if (edits === 'all') return { username, permissions: '*' };
  const part = partIn(edits);
  return part ? { username, permissions: EDITING_A_PART, part } : { username, permissions: LOOKING };
}

/** `undefined`: nowhere, or nothing that can be understood. */
function partIn(edits: unknown): ScopeOfCall | undefined {
  if (typeof edits !== 'object' || edits === null) return undefined;
  const { definitions, serviceLines } = edits as Partial<Record<keyof ScopeOfCall, unknown>>;
  if (!areTexts(definitions) || !areTexts(serviceLines)) return undefined;
  return definitions.length + serviceLines.length === 0 ? undefined : { definitions, serviceLines };
}

function cookiesOf(header: string): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const part of header.slice(0, 8192).split(';')) {
    const at = part.indexOf('=');
    if (at > 0) cookies.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  return cookies;
}
