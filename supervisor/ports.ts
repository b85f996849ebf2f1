import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { supervisorErrors } from './errors.ts';

export interface PortWish {
  /** For people: `the console`. */
  readonly what: string;
  /** The setting that names it. */
  readonly setting: string;
  /** 0: any free one. */
  readonly port: number;
}

/**
 * The ports to start with: the ones wished for, if they are free, and free ones for 0. All stay open until all are
 * known, so no free one is given twice. Throws `port-taken` or `port-refused`.
 */
export async function findPorts<K extends string>(wishes: Readonly<Record<K, PortWish>>): Promise<Record<K, number>> {
  const held: { close(): Promise<void> }[] = [];
  const found: Partial<Record<K, number>> = {};
  try {
    for (const [name, wish] of Object.entries(wishes) as [K, PortWish][]) {
      const place = await hold(wish);
      held.push(place);
      found[name] = place.port;
    }
  } finally {
    for (const one of held) await one.close();
  }
  return found as Record<K, number>;
}

async function hold({ what, setting, port }: PortWish): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const code = cause.code === 'EACCES' ? 'port-refused' : 'port-taken';
      reject(supervisorErrors.create(code, { port, what, setting }, { cause }));
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
