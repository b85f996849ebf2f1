import type { Agent } from 'undici';
import { readSendTls, tlsFolderOf } from '../mllp/tls-files.ts';
import type { HttpEndpointBinding } from './binding.ts';

const CONNECT_TIMEOUT_MS = 5_000;

/** The connections to one server. Certificates are read for each connection, so that renewed ones count without a restart. */
export async function openAgent(binding: HttpEndpointBinding, folder: string): Promise<Agent> {
  const { Agent, buildConnector } = await import('undici');
  const { tls } = binding;
  return new Agent({
    connections: binding.concurrency,
    pipelining: 1,
    maxResponseSize: binding.maxAnswerBytes,
    connect(options, callback) {
      // Verifying is said here, since an environment variable of Node.js changes the default.
      const checked = { timeout: CONNECT_TIMEOUT_MS, rejectUnauthorized: true };
      try {
        const files = tls && readSendTls(tlsFolderOf(folder), tls);
        const connect = buildConnector({
          ...checked,
          ...(files?.ca !== undefined && { ca: files.ca }),
          ...(files?.cert !== undefined && { cert: files.cert, key: files.key }),
        });
        connect(files?.serverName ? { ...options, servername: files.serverName } : options, callback);
      } catch (error) {
        callback(error instanceof Error ? error : new Error('the certificates cannot be used'), null);
      }
    },
  });
}
