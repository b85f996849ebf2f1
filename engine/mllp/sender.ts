/**
 * A standing connection to one receiver. States: closed -> connecting -> ready -> sending -> ready; a lost or late answer
 * closes it, so that an answer which comes after all is never credited to the next message. Connecting again waits with
 * back-off and jitter; whoever sends meanwhile is told at once, and the effect tries later.
 */
import type { SecureContextOptions } from 'node:tls';
import type { Clock, Millis } from '../base/clock.ts';
import type { Log } from '../base/log.ts';

export interface MllpSenderOptions {
  readonly host: string;
  readonly port: number;
  /** `null`: in clear. Contents of the files, read by the caller. */
  readonly tls: (Pick<SecureContextOptions, 'ca' | 'cert' | 'key'> & { readonly serverName: string | null }) | null;
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
  /** One message in flight at a time; callers queue in the order of their calls. */
  readonly busy: boolean;
  /**
   * @param controlId MSH-10 of the message: a frame whose MSA-2 is another one is dropped and counted, and waited past
   * @returns the content of the frame that answers it, an accept or an application acknowledgement
   * @throws WardflowError `mllp-unreachable` (nothing was sent), `mllp-tls-refused`, `mllp-no-answer` (it may have arrived)
   */
  exchange(message: Uint8Array, controlId: string): Promise<Uint8Array>;
  /** Answers what is in flight or cuts it after `answerMs`, then closes; whoever waits is told. */
  close(): Promise<void>;
}
