/** The runtime's own API over a real engine, behind a real server: asked as the console and the command line do. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createEngine,
  definitionSet,
  ManualClock,
  silentLog,
  type Definition,
  type Engine,
  type Store,
} from '../../engine/index.ts';
import { API_ROOT, SCOPE_HEADER, type ApiProblem } from '../../runtime/api/contract.ts';
import { createRuntimeApi } from '../../runtime/api/index.ts';
import { createPinnedSamples } from '../../runtime/samples/pinned-samples.ts';
import { T0 } from './store-builders.ts';

export interface ApiAnswer {
  readonly status: number;
  /** It was narrowed to the part. */
  readonly applied: boolean;
  json<T>(shape?: T): T;
  /** Of a problem. */
  code(): string;
}

export interface Asking {
  /** Default `user:ana`. */
  readonly as?: string | null;
  readonly body?: unknown;
  /** Definitions of the part. */
  readonly part?: readonly string[];
}

export interface TestApi {
  readonly folder: string;
  readonly clock: ManualClock;
  readonly engine: Engine;
  readonly port: number;
  ask(method: string, path: string, asking?: Asking): Promise<ApiAnswer>;
  stop(): Promise<void>;
}

export interface TestApiMore {
  /** As bindings.json has them. */
  readonly endpoints?: Parameters<typeof createEngine>[0]['bindings']['endpoints'];
  readonly definitions?: readonly Definition[];
}

export async function startTestApi(
  aroundStore: (store: Store) => Store = (store) => store,
  { endpoints = {}, definitions = [] }: TestApiMore = {},
): Promise<TestApi> {
  const folder = await mkdtemp(join(tmpdir(), 'wardflow-api-'));
  const clock = new ManualClock(T0);
  const bindings = { feeds: {}, endpoints };
  const about = { environment: 'staging', dataFolder: folder, bindings };
  const engine = await createEngine({ ...about, clock, log: silentLog, aroundStore });
  const api = createRuntimeApi(() => true, 'staging', silentLog);
  const server = createServer((request, response) => api.handle(request, response, () => response.end()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  api.open({
    engine,
    version: '1',
    startedAt: clock.now(),
    definitions: () => definitionSet(definitions),
    drain: () => Promise.resolve(),
    samples: createPinnedSamples(folder),
  });
  const { port } = server.address() as AddressInfo;
  return {
    folder,
    clock,
    engine,
    port,
    async ask(method, path, { as = 'user:ana', body, part } = {}) {
      const url = `http://127.0.0.1:${port}${API_ROOT}${path}`;
      const headers = new Headers({ authorization: 'Bearer token', 'content-type': 'application/json' });
      if (as !== null) headers.set('wardflow-actor', as);
      const scope = { definitions: part, serviceLines: [] };
      if (part) headers.set(SCOPE_HEADER, Buffer.from(JSON.stringify(scope)).toString('base64url'));
      const response = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
      const text = await response.text();
      return {
        status: response.status,
        applied: response.headers.get(SCOPE_HEADER) === 'applied',
        json: <T>(_shape?: T) => JSON.parse(text) as T,
        code: () => (JSON.parse(text) as ApiProblem).code,
      };
    },
    async stop() {
      api.close();
      server.closeAllConnections();
      server.close();
      await engine.stop(0);
      await rm(folder, { recursive: true });
    },
  };
}
