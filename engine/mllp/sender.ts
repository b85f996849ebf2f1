/**
 * A standing connection to one receiver. States: closed -> connecting -> ready -> sending -> ready; a lost or late answer
 * closes it, so that an answer which comes after all is never credited to the next message. Connecting again waits with
 * back-off and jitter; whoever sends meanwhile is told at once, and the effect tries later.
 */
import type { Clock, Millis } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { SendingTls } from './dial.ts';
import { mllpErrors } from './errors.ts';
import { DEFAULT_FRAMER_LIMITS } from './framer.ts';
import { OutgoingConnection } from './outgoing-connection.ts';

export interface MllpSenderOptions {
  readonly host: string;
  readonly port: number;
  /** `null`: in clear. Asked at each connecting (send-tls.ts reads the files); what it throws is what `exchange` throws. */
  readonly tls: (() => SendingTls) | null;
  /** How long connecting, and each answer, may take. */
  readonly answerMs: Millis;
  /** Without a message for this long the connection closes; 0: never. */
  readonly idleMs: Millis;
  /** Default 32 MiB. */
  readonly maxAnswerBytes?: number;
  readonly clock: Clock;
  /** Numbers in [0, 1), for jitter. */
  readonly random: () => number;
  readonly log: Log;
}

export interface MllpSender {
  /** A message is in flight or waits: one at a time, callers queue in the order of their calls. */
  readonly busy: boolean;
  /** Frames that came and answered no message in flight. */
  readonly dropped: number;
  /**
   * @param controlId MSH-10 of the message: a frame whose MSA-2 is another one is dropped and counted, and waited past;
   * empty, since the message has none: the first frame that comes is the answer
   * @returns the content of the frame that answers it, an accept or an application acknowledgement
   * @throws WardflowError `mllp-unreachable` (nothing was sent; with `retryAfterMs` while connecting again is put off),
   * `mllp-tls-refused`, `mllp-closed` (both as well), `mllp-no-answer` (it may have arrived)
   */
  exchange(message: Uint8Array, controlId: string): Promise<Uint8Array>;
  /** Answers what is in flight or cuts it after `answerMs`, then closes; whoever waits is told. */
  close(): Promise<void>;
}

/** Less than a circuit's own waits (endpoints/circuit-breaker.ts), which are on top of these. */
const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 8_000;

export function createMllpSender(options: MllpSenderOptions): MllpSender {
  const { host, port, answerMs, idleMs, clock, random, log } = options;
  const closing = new AbortController();
  let connection: OutgoingConnection | null = null;
  let line: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let dropped = 0;
  /** The connection has answered something, so that the next one is worth an immediate try. */
  let proven = false;
  /** Connections in a row that answered nothing, or did not come about. */
  let failures = 0;
  let notBefore: Millis = 0;
  let cancelIdle: () => void = () => undefined;

  async function ready(): Promise<OutgoingConnection> {
    if (closing.signal.aborted) throw mllpErrors.create('mllp-closed', { host, port });
    if (connection?.isOpen) return connection;
    const retryAfterMs = notBefore - clock.now();
    if (retryAfterMs > 0) {
      const reason = 'the last try failed, and the next one is to come';
      throw mllpErrors.create('mllp-unreachable', { host, port, reason }, { retryAfterMs });
    }
    proven = false;
    connection = await OutgoingConnection.open({
      host,
      port,
      tls: options.tls,
      withinMs: answerMs,
      clock,
      signal: closing.signal,
      maxAnswerBytes: options.maxAnswerBytes ?? DEFAULT_FRAMER_LIMITS.maxFrameBytes,
      dropped(count) {
        dropped += count;
        log.warn('a frame of a receiver that answers no message in flight was dropped', { host, port, count: dropped });
      },
    });
    return connection;
  }

  function putOff(): void {
    const longest = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(failures++, 30));
    // At least half of it: without any wait there would be a storm of connections, all waits alike would be one of runtimes.
    notBefore = clock.now() + Math.ceil(longest * (0.5 + random() / 2));
  }

  async function turn(message: Uint8Array, controlId: string): Promise<Uint8Array> {
    cancelIdle();
    const before = notBefore;
    try {
      const held = await ready();
      const answer = await held.exchange(message, controlId, answerMs);
      proven = true;
      failures = 0;
      return answer;
    } catch (error) {
      // Not again for one that was only told to wait.
      if (!proven && before <= clock.now()) putOff();
      throw error;
    } finally {
      watchIdle();
    }
  }

  function watchIdle(): void {
    if (idleMs > 0) cancelIdle = clock.at(clock.now() + idleMs, () => connection?.close());
  }

  return {
    get busy() {
      return waiting > 0;
    },
    get dropped() {
      return dropped;
    },
    async exchange(message, controlId) {
      waiting++;
      const answer = line.then(() => turn(message, controlId));
      line = answer.then(
        () => undefined,
        () => undefined,
      );
      try {
        return await answer;
      } finally {
        waiting--;
      }
    },
    async close() {
      closing.abort();
      await line;
      cancelIdle();
      connection?.close();
    },
  };
}
