/**
 * A plain MLLP sender as hospitals run them: one message in flight on a connection, waits for the answer, reconnects and
 * sends again what was not answered. Written against the wire format only; shares no code with the product.
 */
import { connect, type Socket } from 'node:net';

const START = 0x0b;
const END = Buffer.from([0x1c, 0x0d]);

export interface Answered {
  readonly body: Buffer;
  readonly answer: string;
}

export class MllpSender {
  #port: number;
  #host: string;
  #socket: Socket | undefined;
  #received = Buffer.alloc(0);
  #waiting: { resolve(answer: string): void; reject(error: Error): void } | undefined;

  constructor(port: number, host = '127.0.0.1') {
    this.#port = port;
    this.#host = host;
  }

  /** Sends one message and resolves with the answer's text; rejects when the connection ends first. */
  async send(body: Uint8Array | string): Promise<string> {
    const socket = this.#socket ?? (await this.#open());
    const answer = new Promise<string>((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
    socket.write(Buffer.concat([Buffer.from([START]), Buffer.from(body), END]));
    return answer;
  }

  /** Sends until it is answered, through restarts of the other side. `stop` ends the trying. */
  async sendUntilAnswered(body: Uint8Array | string, stop?: AbortSignal): Promise<string> {
    for (;;) {
      try {
        return await this.send(body);
      } catch (error) {
        if (stop?.aborted) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #open(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port: this.#port, host: this.#host, noDelay: true });
      this.#received = Buffer.alloc(0);
      socket.once('connect', () => {
        this.#socket = socket;
        resolve(socket);
      });
      socket.on('data', (chunk) => this.#take(chunk));
      socket.on('error', reject);
      socket.on('close', () => {
        if (this.#socket === socket) this.#socket = undefined;
        this.#waiting?.reject(new Error('the connection ended before the answer'));
        this.#waiting = undefined;
      });
    });
  }

  #take(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    const end = this.#received.indexOf(END);
    if (end < 0) return;
    const answer = this.#received.subarray(this.#received.indexOf(START) + 1, end).toString('utf8');
    this.#received = this.#received.subarray(end + END.length);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(answer);
  }
}

/** A field of an answer's segment, e.g. `answerField(text, 'MSA', 2)`. */
export function answerField(answer: string, segment: string, field: number): string {
  const line = answer.split('\r').find((text) => text.startsWith(`${segment}|`));
  return line?.split('|')[field] ?? '';
}
