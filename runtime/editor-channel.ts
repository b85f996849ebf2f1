/**
 * The editor's live channel carries node states and what debug nodes show. Node-RED looks at a login only when it is opened,
 * and sends everything to everybody: here it ends with its session, and who may only look gets no content of messages.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { EditorUser, Login } from './login.ts';

const CHANNEL = /^\/comms(?:$|[/?])/;
/** With the time of the question itself below the 5 s within which a revoked session ends. */
const ASK_EVERY_MS = 4_000;
const MOST_OPEN = 500;
/** What somebody who only looks is told: that the runtime is there, states of nodes, and that flows were deployed. */
const HARMLESS = /^(hb$|status\/|notification\/)/;

export interface EditorChannels {
  /** Asks about every open channel now. */
  check(): Promise<void>;
  stop(): void;
}

/** Closes channels whose session has ended, or may do other things than when they were opened. */
export function watchEditorChannels(server: Server, login: Pick<Login, 'ask'>): EditorChannels {
  const open = new Map<Duplex, { readonly cookie: string; may?: string }>();
  server.prependListener('upgrade', (request: IncomingMessage, socket: Duplex) => {
    if (!CHANNEL.test(request.url ?? '')) return;
    if (open.size >= MOST_OPEN) {
      socket.destroy();
      return;
    }
    open.set(socket, { cookie: request.headers.cookie ?? '' });
    socket.once('close', () => open.delete(socket));
  });
  const timer = setInterval(() => void check(), ASK_EVERY_MS);
  timer.unref();

  async function check(): Promise<void> {
    const cookies = [...new Set([...open.values()].map(({ cookie }) => cookie))];
    await Promise.all(
      cookies.map(async (cookie) => {
        const may = mayOf(await login.ask(cookie).catch(() => null));
        for (const [socket, channel] of open) {
          if (channel.cookie !== cookie) continue;
          if (may === '' || (channel.may ?? may) !== may) socket.destroy();
          channel.may = may;
        }
      }),
    );
  }
  return { check, stop: () => clearInterval(timer) };
}

function mayOf(user: EditorUser | null): string {
  return user === null ? '' : String(user.permissions);
}

interface Connection {
  readonly user?: { readonly permissions?: unknown } | null;
  send(topic: string, data: unknown): void;
}
/** What Node-RED's runtime registers a channel with. */
export interface Comms {
  addConnection(options: { readonly client: Connection }): Promise<unknown>;
}

/** Keeps debug output, and whatever else is not known to be harmless, from who may not edit. */
export function quietViewers(comms: Comms): void {
  const add = comms.addConnection.bind(comms);
  comms.addConnection = (options) => {
    const { client } = options;
    if (client.user?.permissions !== '*') {
      const send = client.send.bind(client);
      client.send = (topic, data) => {
        if (HARMLESS.test(topic)) send(topic, data);
      };
    }
    return add(options);
  };
}
