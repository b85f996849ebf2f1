/** The runtime's own API over the engine of an alert bench, on a real server. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { definitionSet, silentLog } from '../../engine/index.ts';
import { createRuntimeApi } from '../../runtime/api/index.ts';
import { createPinnedSamples } from '../../runtime/samples/pinned-samples.ts';
import type { AlertBench } from './alert-bench.ts';

export interface AlertApi {
  readonly url: string;
  readonly port: number;
  close(): void;
}

/** Any service token will do. */
export async function startAlertApi(bench: AlertBench): Promise<AlertApi> {
  const api = createRuntimeApi(() => true, 'staging', silentLog);
  const server = createServer((request, response) => api.handle(request, response, () => response.end()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  api.open({
    engine: bench.engine,
    version: '1',
    startedAt: bench.clock.now(),
    definitions: () => definitionSet([]),
    drain: () => Promise.resolve(),
    samples: createPinnedSamples(bench.folder),
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close() {
      api.close();
      server.closeAllConnections();
      server.close();
    },
  };
}
