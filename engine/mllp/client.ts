import { systemClock, type Millis } from '../base/clock.ts';
import type { SendingTls } from './dial.ts';
import { DEFAULT_FRAMER_LIMITS } from './framer.ts';
import { OutgoingConnection } from './outgoing-connection.ts';

export interface MllpClientOptions {
  readonly host: string;
  readonly port: number;
  /** How long connecting, and each answer, may take. */
  readonly answerWithinMs: Millis;
  /** Absent: in clear. */
  readonly tls?: SendingTls;
}

export interface MllpClient {
  /**
   * Sends one message and gives the content of the first frame that comes. One at a time: what it answers is for the
   * caller to see (`acknowledgementOf`).
   * @throws WardflowError `mllp-no-answer`: it may have arrived all the same, and the connection has ended;
   * `mllp-unreachable`: the connection had ended before
   */
  exchange(message: Uint8Array): Promise<Uint8Array>;
  close(): void;
}

/**
 * One connection of somebody who does not connect again by himself (sender.ts does).
 * @throws WardflowError `mllp-unreachable`, `mllp-tls-refused`
 */
export async function connectMllp({ host, port, answerWithinMs, tls }: MllpClientOptions): Promise<MllpClient> {
  const connection = await OutgoingConnection.open({
    host,
    port,
    tls: tls ? () => tls : null,
    withinMs: answerWithinMs,
    clock: systemClock,
    maxAnswerBytes: DEFAULT_FRAMER_LIMITS.maxFrameBytes,
    dropped: () => undefined,
  });
  return {
    exchange: (message) => connection.exchange(message, '', answerWithinMs),
    close: () => connection.close(),
  };
}
