/** Asks the console in the name of a person: with that person's session, as their browser would. */
import { SESSION_COOKIE } from '../login.ts';

export interface ConsoleTrouble {
  readonly code: string;
  readonly title: string;
  readonly remedy: string;
}
export type ConsoleAnswer =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly status: number; readonly problem: ConsoleTrouble };

const WITHIN_MS = 30_000;

const SILENT: ConsoleAnswer = {
  ok: false,
  status: 502,
  problem: {
    code: 'console-unreachable',
    title: 'The Wardflow console does not answer.',
    remedy: 'It is started again by itself; if this lasts, run "npx wardflow doctor".',
  },
};

/** @param session checked: it goes into a header @param path made of checked parts */
export async function askConsole(
  governance: string,
  session: string,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<ConsoleAnswer> {
  try {
    const response = await fetch(`${governance}/api/v1${path}`, {
      method,
      headers: {
        cookie: `${SESSION_COOKIE}=${session}`,
        'wardflow-console': 'editor',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(WITHIN_MS),
    });
    const answer: unknown = response.status === 204 ? null : await response.json();
    if (response.ok) return { ok: true, body: answer };
    const { code, title, remedy } = answer as Partial<Record<keyof ConsoleTrouble, unknown>>;
    const problem = { code: String(code), title: String(title), remedy: String(remedy) };
    return { ok: false, status: response.status, problem };
  } catch {
    return SILENT;
  }
}
