/** The other end of an MLLP connection as a raw socket: writes whatever it is told, in whatever pieces, and collects answers. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

const END = Buffer.from([0x1c, 0x0d]);

export class MllpPeer {
  readonly socket: Socket;
  readonly answers: Buffer[] = [];
  closed = false;
  #received = Buffer.alloc(0);
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
  }

  static async open(port: number): Promise<MllpPeer> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new MllpPeer(socket);
  }

  /** The same over TLS. */
  static async openTls(port: number, options: ConnectionOptions): Promise<MllpPeer> {
    const socket = connectTls({ port, host: '127.0.0.1', ...options });
    await once(socket, 'secureConnect');
    return new MllpPeer(socket);
  }

  write(...parts: readonly (string | Uint8Array)[]): void {
    this.socket.write(Buffer.concat(parts.map((part) => Buffer.from(part))));
  }

  frame(content: string | Uint8Array): void {
    this.write(Buffer.of(0x0b), content, END);
  }

  /** All answers so far, once there are `count`; rejects when the connection ends before. */
  async wait(count: number): Promise<readonly string[]> {
    while (this.answers.length < count) {
      if (this.closed) throw new Error(`the connection ended after ${this.answers.length} of ${count} answers`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.answers.map((answer) => answer.toString());
  }

  async ended(): Promise<void> {
    while (!this.closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    for (let end = this.#received.indexOf(END); end >= 0; end = this.#received.indexOf(END)) {
      this.answers.push(this.#received.subarray(this.#received.indexOf(0x0b) + 1, end));
      this.#received = this.#received.subarray(end + END.length);
    }
    this.#wake();
  }
}
