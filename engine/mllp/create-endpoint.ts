import { clockSignal } from '../endpoints/clock-signal.ts';
import type { Clock, Millis } from '../base/clock.ts';
import { WardflowError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { MllpEndpointBinding } from '../config/bindings.ts';
import { createDispatch, type DispatchOptions } from '../endpoints/dispatch.ts';
import { createHealth, verdictOf } from '../endpoints/health.ts';
import { Hl7Message } from '../hl7/message.ts';
import { failureOf } from '../queue/failure.ts';
import type { Failure, Lane } from '../store/contract/index.ts';
import { acknowledgementOf } from './acknowledgement.ts';
import type { Hl7Endpoint, Hl7SendResult } from './endpoint.ts';
import { dial } from './dial.ts';
import { mllpErrors } from './errors.ts';
import { createMllpSender, type MllpSender } from './sender.ts';
import { sendable } from './sendable.ts';
import { readSendTls, tlsFolderOf } from './tls-files.ts';

export interface Hl7EndpointOptions {
  readonly name: string;
  readonly binding: MllpEndpointBinding;
  /** Data folder of the environment: keys and certificates are files in its folder `tls`. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onChange: () => void;
  /** What of the way to it is for every kind of endpoint: endpoints/dispatch.ts. */
  readonly dispatch: Pick<DispatchOptions, 'random' | 'held' | 'onReady' | 'limits'>;
}

export interface ClosableHl7Endpoint extends Hl7Endpoint {
  /** The same, whose messages wait for a place in the lane. */
  inLane(lane: Lane): Hl7Endpoint;
  resumed(): void;
  probe(): Promise<void>;
  close(): Promise<void>;
}

/** A message that has no connection by then goes back to the queue, where it is seen and its order is kept. */
const PLACE_WITHIN_MS = 30_000;
const BUSY_RETRY_MS = 1_000;
const PROBE_WITHIN_MS = 5_000;
/** Whoever stops has drained before; what still waits for its answer then is sent again at the next start. */
const CLOSE_WITHIN_MS = 2_000;

/** A receiver over MLLP: as many standing connections as the binding says, each with one message in flight. */
export function createHl7Endpoint(options: Hl7EndpointOptions): ClosableHl7Endpoint {
  const { name, binding, clock, log, onChange } = options;
  const { host, port, answerMs, idleMs, connections } = binding;
  const health = createHealth({ kind: 'mllp', clock, onChange });
  const dispatch = createDispatch({
    ...options.dispatch,
    name,
    clock,
    concurrency: connections,
    verdictOf: verdictOf('mllp'),
    onChange,
  });
  const { random } = options.dispatch;
  const files = binding.tls;
  const tls = files && (() => readSendTls(tlsFolderOf(options.folder), files));
  const connected = (): MllpSender => createMllpSender({ host, port, tls, answerMs, idleMs, clock, random, log });
  const first = connected();
  const senders = [first, ...Array.from({ length: connections - 1 }, connected)];

  async function exchange(message: Uint8Array, controlId: string): Promise<Hl7SendResult> {
    const started = clock.now();
    // The first that is free: with little to send one connection carries all, as most receivers expect it.
    const sender = senders.find(({ busy }) => !busy) ?? first;
    try {
      const answer = await sender.exchange(message, controlId);
      const acknowledgement = acknowledgementOf(answer, controlId, name);
      if (acknowledgement.kind === 'accepted') return receiptOf(answer, clock.now());
      return failed(acknowledgement.error, clock.now() - started);
    } catch (error) {
      if (error instanceof WardflowError) return failed(error, clock.now() - started);
      log.error('sending to an HL7 endpoint ended with an error that is not in the catalogue', {
        endpoint: name,
        error,
      });
      return failed(mllpErrors.create('mllp-no-answer', { host, port, reason: 'unexpected error' }), 0);
    }
  }

  function failed(error: WardflowError, ms: Millis): Hl7SendResult {
    const failure = failureOf(error);
    log.warn('sending to an HL7 endpoint failed', { endpoint: name, code: failure.code, state: failure.class, ms });
    return { ok: false, failure };
  }

  const inLane = (lane: Lane): Hl7Endpoint => ({
    name,
    async send(message) {
      const checked = sendable(message);
      if (!checked.ok) return { ok: false, failure: failureOf(checked.error) };
      const place = clockSignal(clock, clock.now() + PLACE_WITHIN_MS);
      try {
        const sent = await dispatch.run(() => exchange(message, checked.controlId), failureIn, place.signal, lane);
        switch (sent.kind) {
          case 'ran':
            health.note(failureIn(sent.value));
            return sent.value;
          case 'refused':
            return { ok: false, failure: failureOf(sent.error) };
          case 'no-place': {
            const busy = mllpErrors.create('hl7-endpoint-busy', { endpoint: name }, { retryAfterMs: BUSY_RETRY_MS });
            return { ok: false, failure: failureOf(busy) };
          }
          default:
            return never(sent);
        }
      } finally {
        place.end();
      }
    },
    health: () => ({ name, kind: 'mllp', ...health.view(), ...dispatch.view() }),
  });

  return {
    ...inLane('routine'),
    inLane,
    resumed: () => dispatch.resumed(),
    async probe() {
      try {
        // HL7 has no question that asks for nothing: that it takes connections is what can be known.
        const socket = await dial({ host, port, tls: tls ?? null, withinMs: PROBE_WITHIN_MS, clock });
        socket.destroy();
        health.note(null);
      } catch (error) {
        if (error instanceof WardflowError) health.note(failureOf(error));
      }
    },
    async close() {
      dispatch.stop();
      const limit = clockSignal(clock, clock.now() + CLOSE_WITHIN_MS);
      const over = new Promise<void>((resolve) => {
        limit.signal.addEventListener('abort', () => resolve(), { once: true });
      });
      await Promise.race([Promise.all(senders.map((sender) => sender.close())), over]);
      limit.end();
    },
  };
}

const failureIn = (result: Hl7SendResult): Failure | null => (result.ok ? null : result.failure);

function receiptOf(answer: Uint8Array, at: Millis): Hl7SendResult {
  const message = Hl7Message.parse(answer);
  const code = message.get('MSA-1').trim().toUpperCase();
  return { ok: true, receipt: { code, controlId: message.get('MSH-10'), at } };
}

function never(value: never): never {
  throw new TypeError(`not an outcome of a dispatch: ${JSON.stringify(value)}`);
}
