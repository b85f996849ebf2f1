/** A runtime's API, found by run.json. */
import {
  errorName,
  readRunInfo,
  readServiceToken,
  WardflowError,
  type RunInfo,
  type RuntimeInfo,
} from '../engine/index.ts';
import { ACTOR_HEADER, API_ROOT, type ApiProblem } from '../runtime/api/contract.ts';
import { cliErrors } from './errors.ts';
import type { Io } from './io.ts';

export interface RuntimeClient {
  readonly environment: string;
  readonly info: RuntimeInfo;
  readonly run: RunInfo;
  /** @throws WardflowError: the API's own problem, or `runtime-not-answering`, `answer-unreadable` */
  get<T>(path: string, query?: Readonly<Record<string, string | number | undefined>>): Promise<T>;
  post<T>(path: string, body: unknown, query?: Readonly<Record<string, string | undefined>>): Promise<T>;
  /** The body of a successful answer, as it comes. */
  stream(path: string, query?: Readonly<Record<string, string | undefined>>): Promise<AsyncIterable<Uint8Array>>;
}

const ANSWER_WITHIN_MS = 30_000;

/** @throws WardflowError `nothing-runs`, `runtime-not-here` */
export async function findRuntime(io: Io, environment: string): Promise<RuntimeClient> {
  const { dataFolder: folder } = io.config();
  const run = await readRunInfo(folder);
  if (!run) throw cliErrors.create('nothing-runs', { folder });
  const info = run.runtimes[environment];
  const known = Object.keys(run.runtimes).join(', ') || 'none yet';
  if (!info) throw cliErrors.create('runtime-not-here', { runtime: environment, folder, known });
  return clientOf(io, run, environment, info);
}

async function clientOf(io: Io, run: RunInfo, environment: string, info: RuntimeInfo): Promise<RuntimeClient> {
  const token = await readServiceToken(info.serviceTokenFile, environment);
  const named = { runtime: environment, url: info.url };

  async function ask(method: string, path: string, query: object = {}, body?: unknown): Promise<Response> {
    const url = new URL(`${info.url}${API_ROOT}${path}`);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          [ACTOR_HEADER]: io.actor(),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        redirect: 'error',
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
    } catch (error) {
      throw cliErrors.create('runtime-not-answering', { ...named, reason: reasonOf(error) }, { cause: error });
    }
    if (!response.ok) throw await problemOf(response, named);
    return response;
  }

  async function asked<T>(response: Response): Promise<T> {
    try {
      return (await response.json()) as T;
    } catch (error) {
      throw cliErrors.create('answer-unreadable', { ...named, status: response.status }, { cause: error });
    }
  }

  return {
    environment,
    info,
    run,
    get: async <T>(path: string, query?: object) => asked<T>(await ask('GET', path, query)),
    post: async <T>(path: string, body: unknown, query?: object) => asked<T>(await ask('POST', path, query, body)),
    async stream(path, query) {
      const { body } = await ask('GET', path, query);
      return body ?? emptyStream();
    },
  };
}

async function* emptyStream(): AsyncGenerator<Uint8Array> {
  // An answer without a body: nothing to give.
}

async function problemOf(
  response: Response,
  named: { readonly runtime: string; readonly url: string },
): Promise<WardflowError> {
  try {
    const { code, title, remedy } = (await response.json()) as Partial<ApiProblem>;
    if (typeof code === 'string' && typeof title === 'string' && typeof remedy === 'string')
      return new WardflowError(code, { class: 'permanent', text: title, remedy });
  } catch {
    // Not a problem document: said below.
  }
  return cliErrors.create('answer-unreadable', { ...named, status: response.status });
}

function reasonOf(error: unknown): string {
  const cause: unknown = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return errorName(cause) === 'TimeoutError' || (cause instanceof Error && cause.name === 'TimeoutError')
    ? 'no answer in time'
    : errorName(cause);
}
