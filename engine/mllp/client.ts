import { connect, type Socket } from 'node:net';
import type { Millis } from '../base/clock.ts';
import { codeOf } from '../base/error-code.ts';
import { mllpErrors } from './errors.ts';
import { frame, MllpFramer } from './framer.ts';

export interface MllpClientOptions {
  readonly host: string;
  readonly port: number;
  /** How long connecting, and each answer, may take. */
  readonly answerWithinMs: Millis;
}

export interface MllpClient {
  /**
   * Sends one message and gives the content of the frame that answers it. One at a time: MLLP has no other way to tell
   * which answer belongs to which message than their order.
   * @throws WardflowError `mllp-no-answer`: it may have arrived all the same
   */
  exchange(message: Uint8Array): Promise<Uint8Array>;
  close(): void;
}

/** One connection of a sender that does not repeat by itself. @throws WardflowError `mllp-unreachable` */
export async function connectMllp({ host, port, answerWithinMs }: MllpClientOptions): Promise<MllpClient> {
  const socket = await open(host, port, answerWithinMs);
  return {
    exchange: (message) => exchange(socket, message, { host, port, answerWithinMs }),
    close: () => socket.destroy(),
  };
}

function open(host: string, port: number, withinMs: Millis): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const fail = (reason: string, cause?: unknown): void => {
      socket.destroy();
      reject(mllpErrors.create('mllp-unreachable', { host, port, reason }, { cause }));
    };
    socket.setTimeout(withinMs, () => fail('no connection in time'));
    // Stays for the life of the socket: what is lost later shows as a missing answer.
    socket.on('error', (error) => fail(codeOf(error), error));
    socket.once('connect', () => {
      socket.setTimeout(0);
      resolve(socket);
    });
  });
}

function exchange(
  socket: Socket,
  message: Uint8Array,
  { host, port, answerWithinMs }: MllpClientOptions,
): Promise<Uint8Array> {
  const framer = new MllpFramer();
  return new Promise((resolve, reject) => {
    const finish = (act: () => void): void => {
      clearTimeout(timer);
      socket.off('data', onData);
      socket.off('close', onClose);
      act();
    };
    const missing = (reason: string): void =>
      finish(() => reject(mllpErrors.create('mllp-no-answer', { host, port, reason })));
    const onData = (chunk: Buffer): void => {
      const answer = framer.push(chunk).find((found) => found.kind === 'frame');
      if (answer?.kind === 'frame') finish(() => resolve(answer.bytes));
    };
    const onClose = (): void => missing('the connection ended');
    const timer = setTimeout(() => missing(`none within ${Math.round(answerWithinMs / 1000)} s`), answerWithinMs);
    if (socket.destroyed) return onClose();
    socket.on('data', onData);
    socket.once('close', onClose);
    socket.write(frame(message));
  });
}
