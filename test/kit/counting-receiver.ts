/**
 * A receiver of HL7 messages that counts what really comes to it. Written against the wire format and chapter 2 of the
 * standard only; shares no code with the product.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

const START = 0x0b;
const END = Buffer.from([0x1c, 0x0d]);

export interface Received {
  readonly controlId: string;
  /** Without the envelope. */
  readonly bytes: Buffer;
  /** Number of its connection, from 1. */
  readonly connection: number;
}

/** What is done with a message that came: an answer, none, or the end of the connection. */
export type Answering =
  | { readonly code: string; readonly error?: string; readonly to?: string }
  /** No answer to this one; whatever is answered later goes out before the next. */
  | 'silence'
  | 'close'
  /** The connection ends in the middle of the answer. */
  | 'cut'
  | { readonly raw: string }
  /** Answered when the promise is fulfilled. */
  | Promise<{ readonly code: string; readonly to?: string }>;

export const AA = { code: 'AA' } as const;

export class CountingReceiver {
  readonly received: Received[] = [];
  connections = 0;
  /** How the next messages are answered; asked once for each. */
  answering: (message: Received) => Answering = () => AA;
  #server: Server | null = null;
  #port = 0;
  readonly #sockets = new Set<Socket>();

  readonly #tls: { readonly cert: string; readonly key: string } | undefined;

  private constructor(tls: { readonly cert: string; readonly key: string } | undefined) {
    this.#tls = tls;
  }

  static async start(tls?: { readonly cert: string; readonly key: string }): Promise<CountingReceiver> {
    const made = new CountingReceiver(tls);
    await made.open();
    return made;
  }

  get port(): number {
    return this.#port;
  }

  get isOpen(): boolean {
    return this.#server !== null;
  }

  /** Listens, again on the port that it had. */
  async open(): Promise<void> {
    const serve = (socket: Socket): void => this.#serve(socket);
    const server = this.#tls ? createTlsServer(this.#tls, serve) : createServer(serve);
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Takes no more messages and cuts its connections, as a host that goes down. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    for (const socket of this.#sockets) socket.destroy();
    if (!server) return;
    server.close();
    await once(server, 'close');
  }

  /** Writes a frame on every open connection, whoever asked for it. */
  say(answer: string): void {
    for (const socket of this.#sockets) socket.write(framed(answer));
  }

  controlIds(): readonly string[] {
    return this.received.map(({ controlId }) => controlId);
  }

  #serve(socket: Socket): void {
    const connection = ++this.connections;
    let pending = Buffer.alloc(0);
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      for (let end = pending.indexOf(END); end >= 0; end = pending.indexOf(END)) {
        const bytes = Buffer.from(pending.subarray(pending.indexOf(START) + 1, end));
        pending = pending.subarray(end + END.length);
        const message = { controlId: fieldOf(bytes, 9), bytes, connection };
        this.received.push(message);
        this.#answer(socket, message, this.answering(message));
      }
    });
  }

  #answer(socket: Socket, message: Received, how: Answering): void {
    if (how === 'silence') return;
    if (how === 'close') return void socket.destroy();
    if (how instanceof Promise) {
      void how.then((late) => this.#answer(socket, message, late));
      return;
    }
    if (how === 'cut') {
      const whole = framed(acknowledgement(message.controlId, AA));
      socket.write(whole.subarray(0, whole.length - 3), () => socket.destroy());
      return;
    }
    if (!socket.destroyed) socket.write(framed('raw' in how ? how.raw : acknowledgement(message.controlId, how)));
  }
}

export function acknowledgement(
  controlId: string,
  { code, error, to }: { readonly code: string; readonly error?: string; readonly to?: string },
): string {
  const segments = [
    'MSH|^~\\&|THEIRS|RX|WF|GH|20260105080000||ACK|A' + controlId + '|P|2.5.1',
    `MSA|${code}|${to ?? controlId}`,
  ];
  if (error !== undefined) segments.push(`ERR|||${error}|E`);
  return `${segments.join('\r')}\r`;
}

const framed = (content: string): Buffer => Buffer.concat([Buffer.of(START), Buffer.from(content), END]);

/** A field of MSH, counted as the pieces between its separators. */
export function fieldOf(bytes: Uint8Array, piece: number): string {
  return Buffer.from(bytes).toString('latin1').split('\r')[0]?.split('|')[piece] ?? '';
}
