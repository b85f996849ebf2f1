import { connect, type Socket } from 'node:net';
import { frame, MllpFramer } from '../../engine/index.ts';

/** What became of a message, from the sender's side. */
export type Delivery =
  | { readonly kind: 'acknowledged'; readonly code: string; /** Times it was sent. */ readonly tries: number }
  | { readonly kind: 'closed' }
  /** Nobody is there yet who would take it. */
  | { readonly kind: 'skipped' };

export interface MllpClient {
  /** Sends after everything sent before. Tries until it is acknowledged, as a hospital's interface engine does. */
  send(text: string): Promise<Delivery>;
  /** Ends the connection; what waits is given up. */
  close(): void;
}

export interface MllpClientOptions {
  readonly host: string;
  readonly port: number;
  /** How long an acknowledgement may take before the connection is given up and the message sent again. */
  readonly ackWithinMs?: number;
  /** First wait before connecting again; doubles up to 30 times as long. */
  readonly retryMs?: number;
  /** Until somebody has taken a message, one that nobody takes is left out instead of tried again. */
  readonly skipsUntilTaken?: boolean;
}

/**
 * A sending application: one lasting connection, one message at a time, an acknowledgement (MSA-2) that must name the
 * message (HL7 v2.5.1, 2.9.2). An AE or AR is an answer: it is not sent again.
 */
export function createMllpClient(options: MllpClientOptions): MllpClient {
  const { host, port, ackWithinMs = 30_000, retryMs = 500, skipsUntilTaken = false } = options;
  let taken = false;
  let socket: Socket | undefined;
  const closed = new AbortController();
  let line: Promise<unknown> = Promise.resolve();
  let wakeUp: () => void = () => undefined;

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const deliver = async (text: string): Promise<Delivery> => {
    const bytes = frame(Buffer.from(text, 'utf8'));
    const controlId = text.slice(0, text.indexOf('\r')).split('|')[9] ?? '';
    let wait = retryMs;
    for (let tries = 1; !closed.signal.aborted; tries++) {
      try {
        socket = socket && !socket.destroyed ? socket : await open(host, port);
        const code = await exchange(socket, bytes, controlId, ackWithinMs);
        taken = true;
        return { kind: 'acknowledged', code, tries };
      } catch {
        socket?.destroy();
        if (closed.signal.aborted) break;
        if (skipsUntilTaken && !taken) return { kind: 'skipped' };
        await pause(wait);
        wait = Math.min(wait * 2, retryMs * 30);
      }
    }
    return { kind: 'closed' };
  };

  return {
    send(text) {
      const mine = line.then(() => deliver(text));
      line = mine;
      return mine;
    },
    close() {
      closed.abort();
      socket?.destroy();
      wakeUp();
    },
  };
}

async function open(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  // Between messages a broken connection is only noticed; the next message opens another.
  socket.on('error', () => socket.destroy());
  return socket;
}

/** Writes a frame and waits for its acknowledgement code. Rejects when the connection ends or time runs out. */
function exchange(socket: Socket, bytes: Uint8Array, controlId: string, withinMs: number): Promise<string> {
  const framer = new MllpFramer();
  return new Promise((resolve, reject) => {
    const finish = (act: () => void): void => {
      clearTimeout(timer);
      socket.off('data', onData);
      socket.off('close', onClose);
      act();
    };
    const onData = (chunk: Buffer): void => {
      for (const found of framer.push(chunk)) {
        if (found.kind !== 'frame') continue;
        const msa = Buffer.from(found.bytes)
          .toString('utf8')
          .split('\r')
          .find((row) => row.startsWith('MSA|'))
          ?.split('|');
        // An answer to something else, such as a message given up before: not ours.
        if (msa?.[2] === controlId) return finish(() => resolve(msa[1] ?? ''));
      }
    };
    const onClose = (): void => finish(() => reject(new Error('the connection ended')));
    const timer = setTimeout(() => finish(() => reject(new Error('no acknowledgement in time'))), withinMs);
    socket.on('data', onData);
    socket.once('close', onClose);
    socket.write(bytes);
  });
}
