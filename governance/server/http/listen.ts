import type { Server } from 'node:net';
import { consoleErrors } from '../../errors.ts';

/** @throws `console-port-taken`, `console-host-unusable` */
export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(refusal(error, port, host)));
    server.listen(port, host, () => resolve());
  });
}

function refusal(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code === 'EADDRINUSE') return consoleErrors.create('console-port-taken', { port });
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return consoleErrors.create('console-host-unusable', { host });
  return error;
}
