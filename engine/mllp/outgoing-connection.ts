import type { Socket } from 'node:net';
import type { Clock, Millis } from '../base/clock.ts';
import { errorName } from '../base/log.ts';
import { Hl7Message } from '../hl7/message.ts';
import { dial, isAboutOurCertificate, type DialOptions } from './dial.ts';
import { mllpErrors } from './errors.ts';
import { frame, MllpFramer } from './framer.ts';

export interface OutgoingOptions extends DialOptions {
  /** Of an answer. */
  readonly maxAnswerBytes: number;
  /** So many frames came that answer no message in flight; they are dropped. */
  readonly dropped: (count: number) => void;
}

/** A receiver that says so much between two answers has lost its place. */
const MOST_DROPPED = 100;

interface InFlight {
  readonly controlId: string;
  readonly answered: (answer: Uint8Array) => void;
  readonly missing: (reason: string, cause?: unknown) => void;
}

/**
 * One connection to a receiver with at most one message in flight. A missing answer ends it: what comes later has
 * nowhere to arrive, so that it is never taken for the answer to the next message.
 */
export class OutgoingConnection {
  readonly #socket: Socket;
  readonly #options: OutgoingOptions;
  readonly #clock: Clock;
  readonly #framer: MllpFramer;
  #inFlight: InFlight | null = null;
  #dropped = 0;
  #open = true;

  private constructor(socket: Socket, options: OutgoingOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#clock = options.clock;
    this.#framer = new MllpFramer({ maxFrameBytes: options.maxAnswerBytes, keepOfBroken: 0 });
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => this.#end(errorName(error), error));
    socket.on('end', () => this.#end('the connection ended'));
    socket.on('close', () => this.#end('the connection ended'));
  }

  /** @throws WardflowError as `dial` */
  static async open(options: OutgoingOptions): Promise<OutgoingConnection> {
    return new OutgoingConnection(await dial(options), options);
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /**
   * @param controlId MSH-10 of the message; empty: the first frame that comes is the answer
   * @throws WardflowError `mllp-unreachable` (the connection had ended before), `mllp-no-answer` (it may have arrived),
   * `mllp-tls-refused` (our certificate was refused late)
   */
  exchange(message: Uint8Array, controlId: string, withinMs: Millis): Promise<Uint8Array> {
    const { host, port } = this.#options;
    if (this.#inFlight) throw new TypeError('one message is in flight already');
    return new Promise((resolve, reject) => {
      if (!this.#open) {
        return reject(mllpErrors.create('mllp-unreachable', { host, port, reason: 'the connection has ended' }));
      }
      const settle = (act: () => void): void => {
        cancel();
        this.#inFlight = null;
        act();
      };
      const cancel = this.#clock.at(this.#clock.now() + withinMs, () =>
        this.#end(`none within ${Math.round(withinMs / 1000)} s`),
      );
      this.#dropped = 0;
      this.#inFlight = {
        controlId: controlId.trim(),
        answered: (answer) => settle(() => resolve(answer)),
        missing: (reason, cause) =>
          settle(() =>
            reject(
              isAboutOurCertificate(cause)
                ? mllpErrors.create('mllp-tls-refused', { host, port, reason: 'it refuses our certificate' }, { cause })
                : mllpErrors.create('mllp-no-answer', { host, port, reason }, { cause }),
            ),
          ),
      };
      this.#socket.write(frame(message));
    });
  }

  /** What is in flight has no answer then. */
  close(): void {
    this.#end('the connection was closed');
  }

  #receive(chunk: Buffer): void {
    for (const found of this.#framer.push(chunk)) {
      if (!this.#open) return;
      if (found.kind === 'too-large') return this.#end('its answer is larger than the limit');
      if (found.kind === 'frame') this.#take(found.bytes);
    }
  }

  #take(bytes: Uint8Array): void {
    const verdict = this.#inFlight ? answers(bytes, this.#inFlight.controlId) : 'no';
    if (verdict === 'no') {
      this.#options.dropped(1);
      if (++this.#dropped >= MOST_DROPPED) this.#end('it sent only frames that answer something else');
      return;
    }
    // Bytes of a chunk, which is to be let go.
    this.#inFlight?.answered(Buffer.from(bytes));
    if (verdict === 'unclear') this.#end('its answer could not be read');
  }

  #end(reason: string, cause?: unknown): void {
    if (!this.#open) return;
    this.#open = false;
    this.#socket.destroy();
    this.#inFlight?.missing(reason, cause);
  }
}

/**
 * `unclear`: it says nothing about which message it is for. The caller gets it, and whatever follows it on the connection
 * could be for any message.
 */
function answers(bytes: Uint8Array, controlId: string): 'yes' | 'no' | 'unclear' {
  if (controlId === '') return 'yes';
  let message: Hl7Message;
  try {
    message = Hl7Message.parse(bytes);
  } catch {
    return 'unclear';
  }
  const stated = message.get('MSA-2').trim();
  if (stated === controlId) return 'yes';
  // Without MSA it is a message of its own, from a receiver that sends on the same connection.
  return stated === '' && message.get('MSA-1').trim() !== '' ? 'unclear' : 'no';
}
