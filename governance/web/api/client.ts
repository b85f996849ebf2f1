import { ACTIVE_HEADER, API_ROOT, WRITE_HEADER, type ConsoleProblem } from '../../api/contract.ts';

/** A refusal or failure, with what to do about it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly problem: ConsoleProblem;

  constructor(problem: ConsoleProblem) {
    super(problem.title);
    this.problem = problem;
  }
}

const NO_ANSWER: ConsoleProblem = {
  type: 'about:blank',
  title: 'The console does not answer.',
  status: 0,
  code: 'console-unreachable',
  remedy: 'Check that Wardflow is running; this page goes on by itself when it is back.',
};

/** Somebody was at the keyboard within this time: the session is in use. */
const ACTIVE_MS = 60_000;
let lastInput = Date.now();
for (const event of ['pointerdown', 'keydown', 'wheel'] as const)
  window.addEventListener(event, () => (lastInput = Date.now()), { passive: true });

/** @throws ApiError */
export async function call<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const response = await send(method, path, body);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** @throws ApiError */
export async function callForBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await send('GET', path)).arrayBuffer());
}

async function send(method: string, path: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = { [WRITE_HEADER]: '1' };
  if (Date.now() - lastInput < ACTIVE_MS) headers[ACTIVE_HEADER] = '1';
  if (body !== undefined) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(`${API_ROOT}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError(NO_ANSWER);
  }
  if (response.ok) return response;
  throw new ApiError(await readProblem(response));
}

async function readProblem(response: Response): Promise<ConsoleProblem> {
  try {
    const problem = (await response.json()) as Partial<ConsoleProblem>;
    if (typeof problem.title === 'string' && typeof problem.code === 'string')
      return { ...NO_ANSWER, ...problem, status: response.status };
  } catch {
    // Not ours: said below.
  }
  return { ...NO_ANSWER, title: 'The answer could not be read.', status: response.status, remedy: 'Try again.' };
}

export function problemOf(error: unknown): ConsoleProblem {
  if (error instanceof ApiError) return error.problem;
  // Of the parts that work in the browser, as keys do.
  if (error instanceof Error && 'remedy' in error && typeof error.remedy === 'string')
    return { ...NO_ANSWER, code: 'in-this-page', title: error.message, remedy: error.remedy };
  return { ...NO_ANSWER, title: 'Something went wrong in this page.', remedy: 'Reload the page.' };
}

/** A query string of what is set. */
export function queryOf(values: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== undefined && value !== '') query.set(name, String(value));
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
