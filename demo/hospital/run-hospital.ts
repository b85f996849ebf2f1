import type { Clock } from '../../engine/index.ts';
import type { MllpClient } from './mllp-client.ts';
import { DAY_MINUTES, planDay, type PlannedMessage, type SendingApplication } from './plan-day.ts';

export interface HospitalOptions {
  readonly seed: number;
  /** How many times faster than the clock the day runs. */
  readonly speed: number;
  readonly clock: Clock;
  /** Whether the first day has the discharge that the EHR refuses. */
  readonly withRefused: boolean;
  readonly clients: Readonly<Record<SendingApplication, MllpClient>>;
  /** A second receiver of the same messages, on connections of its own; neither waits for the other. */
  readonly alsoTo?: Readonly<Record<SendingApplication, MllpClient>>;
  /** Called for each acknowledged message. */
  readonly onSent: (message: PlannedMessage, code: string) => void;
}

export interface Hospital {
  stop(): void;
}

/**
 * Lives through one day after the other. What the plan has at minute 0 goes out at once, so that the first look at the
 * console finds something; the rest at its time.
 */
export function runHospital({ seed, speed, clock, withRefused, clients, alsoTo, onSent }: HospitalOptions): Hospital {
  const began = clock.now();
  const cancels = new Set<() => void>();
  let stopped = false;

  const at = (when: number, task: () => void): void => {
    const cancel = clock.at(when, () => {
      cancels.delete(cancel);
      task();
    });
    cancels.add(cancel);
  };

  const live = (day: number, beginsAt: number): void => {
    const run = `${runName(began)}${day === 0 ? '' : (day % 36).toString(36).toUpperCase()}`;
    const plan = planDay({ seed: seed + day, run, beginsAt, withRefused: withRefused && day === 0 });
    for (const message of plan) at(beginsAt + (message.at * 60_000) / speed, () => void send(message));
    const ends = beginsAt + (DAY_MINUTES * 60_000) / speed;
    at(ends, () => live(day + 1, ends));
  };

  const send = async (message: PlannedMessage): Promise<void> => {
    const text = message.text(clock.now());
    void alsoTo?.[message.sender].send(text);
    const delivery = await clients[message.sender].send(text);
    if (delivery.kind === 'acknowledged' && !stopped) onSent(message, delivery.code);
  };

  live(0, began);
  return {
    stop() {
      stopped = true;
      for (const cancel of cancels) cancel();
      for (const client of Object.values(clients)) client.close();
      for (const client of Object.values(alsoTo ?? {})) client.close();
    },
  };
}

/** Control ids and order numbers must not repeat over restarts of the demo: the gate would call them corrections. */
function runName(at: number): string {
  return Math.floor(at / 1000)
    .toString(36)
    .toUpperCase()
    .slice(-6);
}
